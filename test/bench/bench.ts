// Measures Wardgate beside its baselines: `npm run bench`, or `npm run bench -- --quick` for a short run that only shows that all works.
// `--only NAME` measures the groups whose name begins so. Nothing here asserts a speed.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decisionGroup, type Group, proxyGroup, routesGroup, unseenGroup } from './groups.ts';
import { chooseLoad } from './load.ts';
import { stopServers } from './processes.ts';
import { measure } from './rounds.ts';
import { setScene } from './scene.ts';

// Above what the gateway remembers by default, so that a cycle through all never meets one that is remembered.
const TOKENS = 11_000;

interface Line {
  readonly name: string;
  readonly ours: number;
  readonly baseline: number;
  readonly baselineName: string;
  readonly ratio: number;
  readonly target: number | undefined;
}

function linesOf({ comparisons }: Group, measured: ReadonlyMap<string, number>): Line[] {
  return comparisons.flatMap(({ name, ours: oursName, baseline: baselineName, target }) => {
    const [ours, baseline] = [measured.get(oursName), measured.get(baselineName)];
    if (ours === undefined || baseline === undefined) {
      console.log(`not measured: ${name} against ${baselineName}, which is not installed`);
      return [];
    }
    return [{ name, ours, baseline, baselineName, ratio: ours / baseline, target }];
  });
}

// Down, never up: a ratio that misses its target by a hair must not look as if it had met it.
function floored(value: number, digits: number): string {
  return (Math.floor(value * 10 ** digits) / 10 ** digits).toFixed(digits);
}

function print(lines: readonly Line[]): void {
  const rows = lines.map(({ name, ours, baseline, baselineName, ratio, target }) => [
    name,
    floored(ours, 0),
    floored(baseline, 0),
    baselineName,
    floored(ratio, 2),
    target === undefined ? '' : `>= ${target}${ratio < target ? ' (missed)' : ''}`,
  ]);
  const table = [['measurement', 'ours/s', 'baseline/s', 'baseline', 'ratio', 'target'], ...rows];
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of table)
    console.log(
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}

function save(lines: readonly Line[]): void {
  const folder = join(import.meta.dirname, '../../.wardgate');
  mkdirSync(folder, { recursive: true });
  const kept = lines.map(({ target: _target, ...line }) => line);
  writeFileSync(join(folder, 'bench.json'), `${JSON.stringify(kept, null, 2)}\n`);
}

async function run(quick: boolean, only: string): Promise<readonly Line[]> {
  const scene = await setScene(TOKENS);
  try {
    const load = chooseLoad(scene.folder);
    const plan = quick
      ? { rounds: 1, seconds: 1, warmUpSeconds: 1 }
      : { rounds: 5, seconds: 2, warmUpSeconds: 3 };
    console.log(`load by ${load.name}; ${plan.rounds} alternating rounds of ${plan.seconds} s, medians`);
    const lines: Line[] = [];
    const groups = { decision: decisionGroup, unseen: unseenGroup, proxy: proxyGroup, routes: routesGroup };
    for (const [name, prepare] of Object.entries(groups)) {
      if (!name.startsWith(only)) continue;
      const group = await prepare(scene);
      const measured = await measure(group.contenders, load.send, plan, scene.emptyLogs);
      for (const [contender, perSecond] of measured)
        console.log(`  ${group.name}: ${contender}: ${floored(perSecond, 0)}/s`);
      lines.push(...linesOf(group, measured));
      await scene.endGroup();
    }
    return lines;
  } finally {
    await scene.close();
    await stopServers();
  }
}

const flags = process.argv.slice(2);
const only = flags.includes('--only') ? (flags[flags.indexOf('--only') + 1] ?? '') : '';
const lines = await run(flags.includes('--quick'), only);
print(lines);
save(lines);
