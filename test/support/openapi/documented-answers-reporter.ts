import { globSync } from 'node:fs';
import { join } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';
import { unseenAnswers } from './seen-answers.ts';

const SUITE = 'test/http/**/*.test.ts';

/**
 * Creates the reporter that fails a run in which a documented answer never came. Judges only runs that passed and held the whole
 * suite of HTTP, with all its tests: a part of it cannot have seen everything.
 */
export function createDocumentedAnswersReporter(root: string): Reporter {
  return {
    onTestRunEnd(modules, errors, reason) {
      if (reason !== 'passed' || errors.length > 0 || !isWhole(modules, root)) return;
      const unseen = unseenAnswers(modules.flatMap((module) => module.meta().seenAnswers ?? []));
      if (unseen.length === 0) return;
      process.exitCode = 1;
      process.stderr.write(`${explain(unseen)}\n`);
    },
  };
}

function isWhole(modules: readonly TestModule[], root: string): boolean {
  const ran = new Set(modules.map(({ moduleId }) => moduleId));
  const suite = globSync(SUITE, { cwd: root }).map((path) => join(root, path));
  const skipped = modules.some(
    (module) => suite.includes(module.moduleId) && !module.children.allTests('skipped').next().done,
  );
  return suite.every((path) => ran.has(path)) && !skipped;
}

function explain(unseen: readonly string[]): string {
  return [
    'FAIL  The contract documents answers that no test of test/http has seen:',
    ...unseen.map((answer) => `  ${answer}`),
    'Add tests that bring them about through `send` of `startCoreApp()` (those of the edge: test/http/gateway/edge-contract.test.ts). Where an answer cannot happen, take it out of the `responses` of its route.',
    "Refusals that every route has alike (test/http/core/every-operation.test.ts) come by themselves, from the route's definition.",
  ].join('\n');
}
