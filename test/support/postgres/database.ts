import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { inject } from 'vitest';
import { connectDatabase, type Database } from '../../../src/adapters/postgres/database.ts';
import { silentLog } from '../../../src/lib/log.ts';

/** A database of one test file. */
export interface TestDatabase {
  readonly url: string;
  readonly database: Database;
  /** Closes the pool and drops the database, whoever is still connected. */
  drop(): Promise<void>;
}

/** Creates a fresh database: migrated, or `empty`. Needs the server of `postgres-server.ts` (the project's `globalSetup`). */
export async function createTestDatabase(kind: 'migrated' | 'empty' = 'migrated'): Promise<TestDatabase> {
  const name = `wardgate_test_${randomBytes(6).toString('hex')}`;
  const template = kind === 'empty' ? 'template0' : inject('postgresTemplate');
  await administer((sql) => sql`create database ${sql(name)} template ${sql(template)}`);
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${name}`;
  const database = connectDatabase({ url: url.href, log: silentLog });
  return {
    url: url.href,
    database,
    drop: async () => {
      await database.close();
      await administer((sql) => sql`drop database ${sql(name)} with (force)`);
    },
  };
}

async function administer(work: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(inject('postgresUrl'), { max: 1, onnotice: () => {} });
  try {
    await work(sql);
  } finally {
    await sql.end();
  }
}
