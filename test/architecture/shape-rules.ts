import type { SourceModule } from './source-module.ts';
import type { Violation } from './violation.ts';

const LINES_MEDIAN_MAX = 90;
const LINES_P90_MAX = 220;
const LINES_MAX = 300;
const FUNCTION_LINES_MAX = 50;

const KEBAB_CASE = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z]+)*\.ts$/;
const KEBAB_FOLDER = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
// Drawers: names that say nothing about what is inside.
const DRAWERS = new Set(['index', 'utils', 'util', 'helpers', 'helper', 'common', 'types', 'misc', 'shared']);

/** The smallest value that at least this share of the values does not exceed. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

/** Holds file and folder names: kebab-case, and none that is a drawer or a barrel. */
export function checkNames(paths: readonly string[]): readonly Violation[] {
  return paths.flatMap((file) => {
    const folders = file.split('/');
    const name = folders.pop() ?? '';
    const found: Violation[] = [];
    if (!KEBAB_CASE.test(name) || !folders.every((folder) => KEBAB_FOLDER.test(folder)))
      found.push({ rule: 'kebab-case', file, says: 'is not named in kebab-case' });
    const drawer = [...folders, name.replace(/\..*$/, '')].find((part) => DRAWERS.has(part));
    if (drawer !== undefined)
      found.push({ rule: 'drawers', file, says: `is a drawer: ${drawer} says nothing about what is inside` });
    return found;
  });
}

/** Holds the sizes of files and functions. */
export function checkSizes(modules: readonly SourceModule[]): readonly Violation[] {
  const found: Violation[] = [];
  const lines = modules.map((module) => module.lines);
  const [median, p90] = [quantile(lines, 0.5), quantile(lines, 0.9)];
  if (median > LINES_MEDIAN_MAX)
    found.push({ rule: 'file-median', file: 'src', says: `has a median of ${median} lines a file` });
  if (p90 > LINES_P90_MAX)
    found.push({ rule: 'file-p90', file: 'src', says: `has a tenth of its files above ${p90 - 1} lines` });
  for (const { path: file, lines: count, functions } of modules) {
    if (count > LINES_MAX) found.push({ rule: 'file-lines', file, says: `has ${count} lines` });
    for (const { name, line, lines: length } of functions) {
      if (length <= FUNCTION_LINES_MAX) continue;
      found.push({ rule: 'function-lines', file, says: `${name} at line ${line} has ${length} lines` });
    }
  }
  return found;
}

/** Holds that every export says what it does. */
export function checkDocstrings(modules: readonly SourceModule[]): readonly Violation[] {
  return modules.flatMap(({ path: file, undocumentedExports }) =>
    undocumentedExports.map((name) => ({ rule: 'docstrings', file, says: `${name} has no docstring` })),
  );
}
