import { defineConfig } from 'vitest/config';
import { createDocumentedAnswersReporter } from './test/support/openapi/documented-answers-reporter.ts';

/** A project of the suite: a folder of `test/`, run by its own rules. */
function project(name: string, options: Record<string, unknown> = {}) {
  return {
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      // Far above what any test needs: a busy machine is no reason to fail.
      testTimeout: 60_000,
      expect: { poll: { timeout: 30_000 } },
      ...options,
    },
  };
}

// Files share a worker's process: importing everything for each file anew costs more than most of the tests do.
const shared = { isolate: false };

const inMemory = { ...shared, maxWorkers: '100%', sequence: { groupOrder: 0 } };

// Suites that start servers and real parts wait for those most of the time: two files at a time on any machine, with room to start up.
const withRealParts = {
  ...shared,
  globalSetup: ['test/support/postgres/postgres-server.ts'],
  hookTimeout: 120_000,
  maxWorkers: 2,
  sequence: { groupOrder: 1 },
};

// Suites whose subject is time or memory, or that need the whole machine: nothing runs beside them.
const MEASURED = [
  'test/attack/account-oracle.test.ts',
  'test/attack/endless-answers.test.ts',
  'test/integration/oauth/revoked-tokens.test.ts',
  'test/integration/proxy/large-bodies.test.ts',
  'test/integration/replicas/replicas.test.ts',
];
const measured = { ...withRealParts, maxWorkers: 1, sequence: { groupOrder: 2 }, include: MEASURED };

export default defineConfig({
  test: {
    reporters: ['default', createDocumentedAnswersReporter(import.meta.dirname)],
    projects: [
      project('architecture', inMemory),
      project('unit', inMemory),
      project('http', { ...inMemory, setupFiles: ['test/support/openapi/report-seen-answers.ts'] }),
      project('contract', withRealParts),
      project('integration', { ...withRealParts, exclude: MEASURED }),
      project('attack', { ...withRealParts, exclude: MEASURED }),
      project('runtime', withRealParts),
      project('measured', measured),
    ],
  },
});
