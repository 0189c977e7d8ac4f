// Measures Wardgate beside its baselines: `npm run bench`, or `npm run bench -- --quick` for a short run that only shows that all works.
// `--only NAME` measures the groups whose name begins so; `replicas`, which has no baseline, is left out of a short run. Nothing here asserts a speed.
import { decisionGroup, type Group, proxyGroup, routesGroup, unseenGroup } from './groups.ts';
import { introspectionGroup } from './introspection-group.ts';
import { setIssuanceScene } from './issuance-scene.ts';
import { chooseLoad, type SendLoad } from './load.ts';
import { logInsGroup } from './log-ins-group.ts';
import { stopServers } from './processes.ts';
import { refreshGroup } from './refresh-group.ts';
import { reportReplicas } from './replicas-report.ts';
import { floored, type Line, linesOf, printLines, saveLines } from './report.ts';
import { revocationsGroup } from './revocations-group.ts';
import { measure, type Plan } from './rounds.ts';
import { setScene } from './scene.ts';
import { stormGroup } from './storm-group.ts';

// Above what the gateway remembers by default, so that a cycle through all never meets one that is remembered.
const TOKENS = 11_000;

/** Groups of the edge: servers under HTTP load. */
const SERVED = {
  decision: decisionGroup,
  unseen: unseenGroup,
  proxy: proxyGroup,
  routes: routesGroup,
  revocations: revocationsGroup,
};
/** Groups of issuance, on Postgres. */
const ISSUED = {
  introspection: introspectionGroup,
  refresh: refreshGroup,
  logins: logInsGroup,
  storm: stormGroup,
};

function chosen<Prepare>(groups: Readonly<Record<string, Prepare>>, only: string): Prepare[] {
  return Object.entries(groups)
    .filter(([name]) => name.startsWith(only))
    .map(([, prepare]) => prepare);
}

async function measureGroup(
  group: Group,
  send: SendLoad,
  plan: Plan,
  afterRound: () => void,
): Promise<Line[]> {
  const measured = await measure(group.contenders, send, plan, afterRound);
  for (const [contender, figure] of measured)
    console.log(`  ${group.name}: ${contender}: ${floored(figure, 2)} ${group.unit ?? '/s'}`);
  return linesOf(group, measured);
}

async function runServed(prepared: readonly (typeof decisionGroup)[], plan: Plan): Promise<Line[]> {
  if (prepared.length === 0) return [];
  const scene = await setScene(TOKENS);
  try {
    const load = chooseLoad(scene.folder);
    console.log(`load by ${load.name}`);
    const lines: Line[] = [];
    for (const prepare of prepared) {
      lines.push(...(await measureGroup(await prepare(scene), load.send, plan, scene.emptyLogs)));
      await scene.endGroup();
    }
    return lines;
  } finally {
    await scene.close();
    await stopServers();
  }
}

async function runIssued(prepared: readonly (typeof refreshGroup)[], plan: Plan): Promise<Line[]> {
  const lines: Line[] = [];
  for (const prepare of prepared) {
    const scene = await setIssuanceScene();
    try {
      const { send } = chooseLoad(scene.folder);
      lines.push(...(await measureGroup(await prepare(scene), send, plan, () => {})));
    } finally {
      await stopServers();
      await scene.close();
    }
  }
  return lines;
}

const flags = process.argv.slice(2);
const only = flags.includes('--only') ? (flags[flags.indexOf('--only') + 1] ?? '') : '';
const plan = flags.includes('--quick')
  ? { rounds: 1, seconds: 1, warmUpSeconds: 1 }
  : { rounds: 5, seconds: 2, warmUpSeconds: 3 };
console.log(`${plan.rounds} alternating rounds of ${plan.seconds} s, medians`);
const lines = [
  ...(await runServed(chosen(SERVED, only), plan)),
  ...(await runIssued(chosen(ISSUED, only), plan)),
];
if (!flags.includes('--quick') && 'replicas'.startsWith(only)) await reportReplicas();
printLines(lines);
saveLines(lines);
