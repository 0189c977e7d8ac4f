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

// Files share one process a worker: importing everything for each file anew costs more than most of the tests do.
const shared = { isolate: false };

// Suites that start servers and real parts: one file at a time on small machines, with room to start up.
const withRealParts = { ...shared, hookTimeout: 120_000, fileParallelism: false };

export default defineConfig({
  test: {
    reporters: ['default', createDocumentedAnswersReporter(import.meta.dirname)],
    projects: [
      project('architecture', shared),
      project('unit', shared),
      project('http', { ...shared, setupFiles: ['test/support/openapi/report-seen-answers.ts'] }),
      project('contract', { ...withRealParts, globalSetup: ['test/support/postgres/postgres-server.ts'] }),
      project('integration', { ...withRealParts, globalSetup: ['test/support/postgres/postgres-server.ts'] }),
      project('attack', { ...withRealParts, globalSetup: ['test/support/postgres/postgres-server.ts'] }),
      project('runtime', { ...withRealParts, globalSetup: ['test/support/postgres/postgres-server.ts'] }),
    ],
  },
});
