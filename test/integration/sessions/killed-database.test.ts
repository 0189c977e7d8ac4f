import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectDatabase, type Database } from '../../../src/adapters/postgres/database.ts';
import { migrate } from '../../../src/adapters/postgres/migrate.ts';
import { silentLog } from '../../../src/lib/log.ts';
import {
  addUserOnPostgres,
  type CoreOnPostgres,
  startCoreOnPostgres,
} from '../../support/postgres/core-on-postgres.ts';
import { type MortalPostgres, startMortalPostgres } from '../../support/postgres/mortal-postgres.ts';

type Answer = Awaited<ReturnType<CoreOnPostgres['refresh']>>;

let server: MortalPostgres;
let database: Database;
let core: CoreOnPostgres;
beforeAll(async () => {
  server = await startMortalPostgres();
  await migrate({ url: server.url, log: silentLog });
  database = connectDatabase({ url: server.url, log: silentLog });
  core = await startCoreOnPostgres(database);
  await addUserOnPostgres(database, 'doctor');
});
afterAll(async () => {
  await database.close();
  await server.discard();
});

/** The statuses that occur, each once. */
async function statusesOf(answers: readonly (Answer | Promise<Answer>)[]): Promise<number[]> {
  return [...new Set((await Promise.all(answers)).map(({ status }) => status))];
}

/** Refreshes on and on, each time with the newest token that was heard of, until the database is gone; tells the first other status, and that token. */
async function refreshUntilRefused(begun: string): Promise<{ status: number; refreshToken: string }> {
  let refreshToken = begun;
  for (;;) {
    const { status, successor } = await core.refresh(refreshToken);
    if (successor === undefined) return { status, refreshToken };
    refreshToken = successor;
  }
}

it('answers 503 from the moment the database is killed, and every session goes on with its newest token', async () => {
  const sessions = await Promise.all(Array.from({ length: 8 }, () => core.begin('doctor')));
  const refreshing = sessions.map(({ refreshToken }) => refreshUntilRefused(refreshToken));
  // Each has refreshed a few times: the kill comes in the midst of it.
  await expect
    .poll(async () => (await database.sql`select min(refresh_counter) from sessions`)[0]?.min, {
      interval: 20,
    })
    .toBeGreaterThan(2);
  await server.kill();
  const ended = await Promise.all(refreshing);
  expect(ended.map(({ status }) => status)).toEqual(sessions.map(() => 503));
  for (const { refreshToken } of ended) expect((await core.refresh(refreshToken)).status).toBe(503);

  await server.restart();
  expect(await statusesOf(ended.map(({ refreshToken }) => core.refresh(refreshToken)))).toEqual([200]);
  const states = await database.sql`select distinct state from sessions`;
  expect(states).toEqual([{ state: 'active' }]);
});

it('answers a hundred refreshes of one token 503 when the database is killed under them, and then all with one successor', async () => {
  const { refreshToken } = await core.begin('doctor');
  const hundred = () => Promise.all(Array.from({ length: 100 }, () => core.refresh(refreshToken)));
  // The rotation waits for a lock that somebody else holds, so that it is surely under way.
  const holder = connectDatabase({ url: server.url, log: silentLog, statementTimeoutMs: 60_000 });
  const held = holder.query((db) => db.execute('lock table sessions; select pg_sleep(60)')).catch(() => {});
  const waiting = async () =>
    (await database.sql`select from pg_stat_activity where wait_event_type = 'Lock'`).length;
  await expect
    .poll(async () => (await database.sql`select from pg_stat_activity where wait_event = 'PgSleep'`).length)
    .toBe(1);
  const asked = hundred();
  await expect.poll(waiting, { interval: 20 }).toBeGreaterThan(0);
  await server.kill();
  expect(await statusesOf(await asked)).toEqual([503]);
  await held;
  await holder.close();

  await server.restart();
  const answers = await hundred();
  expect(await statusesOf(answers)).toEqual([200]);
  expect(new Set(answers.map(({ successor }) => successor)).size).toBe(1);
});
