import { defineCommand } from 'citty';
import { startEmbeddedPostgres } from '../../adapters/node/embedded-postgres.ts';
import { migrate } from '../../adapters/postgres/migrate.ts';
import { formatConfigProblem } from '../../config/config-problem.ts';
import { parseDatabaseUrl } from '../../config/environment.ts';
import { silentLog } from '../../lib/log.ts';
import type { CommandContext } from '../command-line.ts';
import { DEVELOPMENT_DIRECTORY } from '../wire-core.ts';

/** `wardgate migrate`: brings the database to the current schema; without `DATABASE_URL`, and never in production, the embedded one. */
export const migrateCommand = defineCommand({
  meta: { name: 'migrate', description: 'Bring the database (DATABASE_URL) to the current schema' },
  async run({ data }): Promise<number> {
    const { env, writeOut, writeError }: CommandContext = data;
    const databaseUrl = parseDatabaseUrl(env);
    if (!databaseUrl.ok) {
      for (const problem of databaseUrl.reason) writeError(`${formatConfigProblem(problem)}\n`);
      return 1;
    }
    try {
      const applied = await migrateDatabase(databaseUrl.value);
      writeOut(
        `${applied === 0 ? 'Nothing to do' : `Applied ${applied}`}: the database has the current schema\n`,
      );
      return 0;
    } catch (error) {
      if (!isExpected(error)) throw error;
      writeError(`The database was not migrated: ${error.message}\n`);
      return 1;
    }
  },
});

async function migrateDatabase(databaseUrl: string | undefined): Promise<number> {
  if (databaseUrl !== undefined) return migrate({ url: databaseUrl, log: silentLog });
  const dataDirectory = `${DEVELOPMENT_DIRECTORY}/postgres`;
  const embedded = await startEmbeddedPostgres({ dataDirectory, log: silentLog });
  try {
    return await migrate({ url: embedded.url, log: silentLog });
  } finally {
    await embedded.stop();
  }
}

function isExpected(error: unknown): error is Error {
  return error instanceof Error && ['UnavailableError', 'EmbeddedPostgresError'].includes(error.name);
}
