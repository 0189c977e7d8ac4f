import { matchesGlob } from 'node:path';
import type { SourceModule } from './source-module.ts';
import type { Violation } from './violation.ts';

const TEST_FUNCTIONS = /^(?:describe|it|test|suite|bench)\.(skip|only|todo|fails)$/;
const CONDITIONAL = /^(?:describe|it|test|suite)\.(skipIf|runIf)$/;
// Says aloud why tests are skipped, and refuses to skip any under CI.
const REASON_GIVER = /\/support\/programs\/real-parts\.ts$/;

/** Holds that every test runs: it lies where a project of the suite looks, and nothing in it is switched off. */
export function checkSuites(
  modules: readonly SourceModule[],
  projectGlobs: readonly string[],
): readonly Violation[] {
  return modules.flatMap(({ path: file, imports, memberCalls, exportsAnything }) => {
    const found: Violation[] = [];
    const isTest = /\.(?:test|spec)\.ts$/.test(file);
    const testsUnseen = !exportsAnything && imports.some(({ specifier }) => specifier === 'vitest');
    if ((isTest || testsUnseen) && !projectGlobs.some((glob) => matchesGlob(file, glob)))
      found.push({ rule: 'orphan-tests', file, says: 'is run by no project of vitest.config.ts' });
    for (const call of memberCalls)
      if (TEST_FUNCTIONS.test(call)) found.push({ rule: 'switched-off', file, says: `holds ${call}` });
    const givesReason = imports.some(({ specifier }) => REASON_GIVER.test(specifier));
    const conditional = memberCalls.find((call) => CONDITIONAL.test(call));
    if (conditional !== undefined && !givesReason)
      found.push({
        rule: 'switched-off',
        file,
        says: `holds ${conditional} without test/support/programs/real-parts.ts`,
      });
    return found;
  });
}
