import type { Database } from '../adapters/postgres/database.ts';
import { createPostgresExpiredRows } from '../adapters/postgres/expired-rows-postgres.ts';
import type { CoreSettings } from '../core/core-settings.ts';
import { startCleaning } from '../core/retention/start-cleaning.ts';
import type { Log } from '../lib/log.ts';
import { systemTimer } from '../lib/system-timer.ts';

/** Starts the cleaning of the database; answers with what stops it, which has to be over before the database closes. */
export function startPostgresCleaning(
  database: Database,
  { sessionRetentionSeconds }: CoreSettings,
  log: Log,
): () => Promise<void> {
  const rows = createPostgresExpiredRows(database);
  return startCleaning({ rows, sessionRetentionSeconds, timer: systemTimer, random: Math.random, log });
}
