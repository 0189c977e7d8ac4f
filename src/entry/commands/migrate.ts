import { defineCommand } from 'citty';
import { migrate } from '../../adapters/postgres/migrate.ts';
import { silentLog } from '../../lib/log.ts';
import type { CommandContext } from './command-line.ts';
import { withDatabaseUrl } from './with-database.ts';

/** `wardgate migrate`: brings the database to the current schema; without `DATABASE_URL`, and never in production, the embedded one. */
export const migrateCommand = defineCommand({
  meta: { name: 'migrate', description: 'Bring the database (DATABASE_URL) to the current schema' },
  run({ data }): Promise<number> {
    const context: CommandContext = data;
    return withDatabaseUrl(context, async (url) => {
      const applied = await migrate({ url, log: silentLog });
      const done = applied === 0 ? 'Nothing to do' : `Applied ${applied}`;
      context.writeOut(`${done}: the database has the current schema\n`);
      return 0;
    });
  },
});
