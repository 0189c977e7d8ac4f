import postgres from 'postgres';
import { afterEach, describe, expect, it } from 'vitest';
import { advisoryLocks } from '../../../src/adapters/postgres/advisory-locks.ts';
import { migrate } from '../../../src/adapters/postgres/migrate.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres/database.ts';
import { startNodeProcess } from './node-process.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function createDatabase(kind: 'migrated' | 'empty'): Promise<TestDatabase> {
  const database = await createTestDatabase(kind);
  cleanups.push(database.drop);
  return database;
}

interface Held {
  readonly hold: string;
  readonly release: string;
}

/** Starts a script twice, holds what it waits for until both processes do, and gives the lines that they print. */
async function runTwiceAtOnce(script: string, { hold, release }: Held, url: string): Promise<string[]> {
  const holder = postgres(url, { max: 1 });
  cleanups.push(() => holder.end());
  await holder.unsafe(hold);
  const processes = [
    startNodeProcess(script, { TEST_URL: url }),
    startNodeProcess(script, { TEST_URL: url }),
  ];
  const waiting = async () => {
    const rows = await holder`select from pg_locks join pg_database on pg_database.oid = database
      where datname = current_database() and not granted`;
    return rows.length;
  };
  await expect.poll(waiting).toBe(2);
  await holder.unsafe(release);
  const ends = await Promise.all(processes.map(({ ended }) => ended));
  for (const { code, stderr } of ends) expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return ends.map(({ stdout }) => stdout.trim());
}

describe('two processes that start at once', () => {
  it('both bring an empty database to the schema, and each migration is applied once', async () => {
    const { url, database } = await createDatabase('empty');
    const lock = (act: string) => `select pg_advisory_${act}(${advisoryLocks.migrations})`;
    const held = { hold: lock('lock'), release: lock('unlock') };
    const applied = await runTwiceAtOnce('migrate-process.ts', held, url);
    const rows = await database.sql`select hash from drizzle.__drizzle_migrations`;
    expect(new Set(rows.map(({ hash }) => hash)).size).toBe(rows.length);
    expect(applied.map(Number).sort()).toEqual([0, rows.length]);
    expect(await database.sql`select from users`).toHaveLength(0);
  });

  it('agree on one signing key', async () => {
    const { url, database } = await createDatabase('migrated');
    // Both have read that there is no key, and then wait to add theirs.
    const held = { hold: 'begin; lock table key_ring_versions in exclusive mode', release: 'commit' };
    const answers = await runTwiceAtOnce('first-key-process.ts', held, url);
    const [stored, ...others] = await database.sql`select id from signing_keys`;
    expect(others).toEqual([]);
    expect(answers).toEqual([stored?.id, stored?.id]);
  });
});

describe('migrate', () => {
  it('changes nothing on a database that has the current schema', async () => {
    const { url } = await createDatabase('migrated');
    expect(await migrate({ url, log: silentLog })).toBe(0);
  });

  it('throws UnavailableError where there is no such database', async () => {
    const { url } = await createDatabase('empty');
    await expect(migrate({ url: `${url}_missing`, log: silentLog })).rejects.toMatchObject({
      name: 'UnavailableError',
      dependency: 'database',
    });
  });
});
