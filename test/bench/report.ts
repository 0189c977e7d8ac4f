import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Group } from './groups.ts';

/** A line of the report. */
export interface Line {
  readonly name: string;
  readonly ours: number;
  readonly baseline: number;
  readonly baselineName: string;
  readonly ratio: number;
  readonly unit: '/s' | 'ms';
  readonly target: number | undefined;
}

/** The lines of a group, for what was measured of it. */
export function linesOf({ comparisons, unit }: Group, measured: ReadonlyMap<string, number>): Line[] {
  return comparisons.flatMap(({ name, ours: oursName, baseline: baselineName, target }) => {
    const [ours, baseline] = [measured.get(oursName), measured.get(baselineName)];
    if (ours === undefined || baseline === undefined) {
      console.log(`not measured: ${name} against ${baselineName}, which is not installed`);
      return [];
    }
    return [{ name, ours, baseline, baselineName, ratio: ours / baseline, unit: unit ?? '/s', target }];
  });
}

/** Writes a figure without rounding it up: a ratio that misses its target by a hair must not look as if it had met it. */
export function floored(value: number, digits: number): string {
  return (Math.floor(value * 10 ** digits) / 10 ** digits).toFixed(digits);
}

function targetText({ target, ratio, unit }: Line): string {
  if (target === undefined) return '';
  const isMet = unit === 'ms' ? ratio < target : ratio >= target;
  return `${unit === 'ms' ? '<' : '>='} ${target}${isMet ? '' : ' (missed)'}`;
}

/** Prints the table. */
export function printLines(lines: readonly Line[]): void {
  const rows = lines.map((line) => {
    const digits = line.unit === 'ms' ? 2 : 0;
    const figures = [line.ours, line.baseline].map((figure) => `${floored(figure, digits)}${line.unit}`);
    return [line.name, ...figures, line.baselineName, floored(line.ratio, 2), targetText(line)];
  });
  const table = [['measurement', 'ours', 'baseline', 'baseline', 'ratio', 'target'], ...rows];
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

/** Keeps the lines in `.wardgate/bench.json`. */
export function saveLines(lines: readonly Line[]): void {
  const folder = join(import.meta.dirname, '../../.wardgate');
  mkdirSync(folder, { recursive: true });
  const kept = lines.map(({ target: _target, ...line }) => line);
  writeFileSync(join(folder, 'bench.json'), `${JSON.stringify(kept, null, 2)}\n`);
}
