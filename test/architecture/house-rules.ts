import { checkGraph } from './graph-rules.ts';
import { checkImports } from './import-rules.ts';
import { checkRepository } from './repository-rules.ts';
import { checkDocstrings, checkNames, checkSizes } from './shape-rules.ts';
import { readSourceModule } from './source-module.ts';
import { checkSuites } from './suite-rules.ts';
import type { Violation } from './violation.ts';

/** What the rules are judged against besides the files. */
export interface HouseFacts {
  /** The packages that are installed with the product. */
  readonly dependencies: ReadonlySet<string>;
  /** Where the projects of the test suite look for tests. */
  readonly projectGlobs: readonly string[];
}

/**
 * Judges a tree of files (path from the repository's root -> text) by every rule of the house. A function of its arguments alone, so
 * that planted trees are judged exactly as the real one.
 */
export function checkHouse(files: ReadonlyMap<string, string>, facts: HouseFacts): readonly Violation[] {
  const read = (folder: string) =>
    [...files]
      .filter(([path]) => path.startsWith(folder) && path.endsWith('.ts'))
      .map(([path, text]) => readSourceModule(path, text));
  const source = read('src/');
  const tests = read('test/');
  return [
    ...checkImports(source, facts.dependencies),
    ...checkGraph(source),
    ...checkNames([...source, ...tests].map(({ path }) => path)),
    ...checkSizes(source),
    ...checkDocstrings(source),
    ...checkSuites(tests, facts.projectGlobs),
    ...checkRepository(files),
  ];
}
