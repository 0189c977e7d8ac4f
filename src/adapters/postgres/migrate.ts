import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator';
import type postgres from 'postgres';
import type { Log } from '../../lib/log.ts';
import { advisoryLocks } from './advisory-locks.ts';
import type { Database } from './database.ts';
import { toPortError } from './database-errors.ts';
import { openDriverPool } from './driver-pool.ts';

const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../../drizzle', import.meta.url));
const CONNECT_TIMEOUT_SECONDS = 5;
// How long a process waits for another that migrates.
const LOCK_TIMEOUT_MS = 120_000;

/**
 * Brings a database to the current schema by the SQL files in `drizzle/`, all of them or none, and tells how many were applied.
 * An advisory lock makes processes that start at once take turns, so that each file is applied once. Does NOT create the
 * database. Throws UnavailableError ('database') when it cannot be reached.
 */
export async function migrate(options: { readonly url: string; readonly log: Log }): Promise<number> {
  // One connection: the lock belongs to it, and goes with it.
  const { sql: client, end } = openDriverPool(options.url, {
    max: 1,
    connect_timeout: CONNECT_TIMEOUT_SECONDS,
    max_lifetime: null,
    onnotice: () => {},
    connection: { application_name: 'wardgate-migrate', lock_timeout: LOCK_TIMEOUT_MS },
  });
  try {
    const db = drizzle(client);
    await db.execute(sql`select pg_advisory_lock(${advisoryLocks.migrations})`);
    const before = await countApplied(client);
    await applyMigrations(db, { migrationsFolder: MIGRATIONS_FOLDER });
    const applied = (await countApplied(client)) - before;
    options.log.info('the database has the current schema', { applied });
    return applied;
  } catch (error) {
    throw toPortError(error);
  } finally {
    await end();
  }
}

async function countApplied(client: postgres.Sql): Promise<number> {
  const [table] = await client`select to_regclass('drizzle.__drizzle_migrations') is not null as exists`;
  if (table?.exists !== true) return 0;
  const [row] = await client`select count(*)::int as applied from drizzle.__drizzle_migrations`;
  return Number(row?.applied);
}

/**
 * Tells whether a database has the schema that this version expects, or a newer one. Throws UnavailableError ('database'). Does NOT look at
 * the tables themselves.
 */
export async function hasCurrentSchema(database: Database): Promise<boolean> {
  const newest = readMigrationFiles({ migrationsFolder: MIGRATIONS_FOLDER }).at(-1)?.folderMillis ?? 0;
  const [table] = await database.query((db) =>
    db.execute(sql`select to_regclass('drizzle.__drizzle_migrations') is not null as exists`),
  );
  if (table?.exists !== true) return false;
  const [row] = await database.query((db) =>
    db.execute(sql`select max(created_at) >= ${newest} as current from drizzle.__drizzle_migrations`),
  );
  return row?.current === true;
}
