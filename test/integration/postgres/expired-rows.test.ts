import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { connectDatabase } from '../../../src/adapters/postgres/database.ts';
import { createPostgresExpiredRows } from '../../../src/adapters/postgres/expired-rows-postgres.ts';
import { createPostgresUserStore } from '../../../src/adapters/postgres/user-store-postgres.ts';
import { EXPIRED_ROW_KINDS, type ExpiredRowKind } from '../../../src/core/retention/expired-rows.ts';
import { REVOCATION_MEMORY_SECONDS } from '../../../src/core/revocation/revocation-memory.ts';
import { DAY_SECONDS, HOUR_SECONDS } from '../../../src/lib/durations.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { addUser } from '../../contract/stores-under-test.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres/database.ts';

const RETENTION = { sessionRetentionSeconds: 90 * DAY_SECONDS };

let test: TestDatabase;
let userId: string;
beforeAll(async () => {
  test = await createTestDatabase();
  userId = (await addUser(createPostgresUserStore(test.database))).id;
});
afterAll(() => test.drop());
beforeEach(() => test.database.sql`delete from sessions`);

/** Sessions that were ended, or only began, so many days ago; all ran for one day. */
async function addSessions(count: number, days: number, state: 'active' | 'revoked' | 'compromised') {
  await test.database.sql`
    insert into sessions (id, user_id, state, transport, created_at, expires_at, ended_at)
    select 'ses_' || md5(random()::text), ${userId}, ${state}, 'bearer',
      now() - make_interval(days => ${days + 1}), now() - make_interval(days => ${days}),
      case when ${state} <> 'active' then now() - make_interval(days => ${days}) end
    from generate_series(1, ${count})`;
}

async function removeAll(limit = 100): Promise<Record<ExpiredRowKind, number>> {
  const rows = createPostgresExpiredRows(test.database);
  const counts = EXPIRED_ROW_KINDS.map(async (kind) => [
    kind,
    await rows.remove(kind, { limit, ...RETENTION }),
  ]);
  return Object.fromEntries(await Promise.all(counts));
}

const left = async () => Number((await test.database.sql`select count(*) from sessions`)[0]?.count);

it('removes sessions that ended or ran out longer ago than they are kept, and no others', async () => {
  await addSessions(3, 91, 'revoked');
  await addSessions(2, 91, 'compromised');
  await addSessions(4, 91, 'active');
  for (const state of ['revoked', 'compromised', 'active'] as const) await addSessions(1, 89, state);
  await addSessions(1, -1, 'active');
  expect(await removeAll()).toMatchObject({ ended_sessions: 5, expired_sessions: 4 });
  expect(await left()).toBe(4);
});

it('removes at most as many as it may', async () => {
  await addSessions(5, 91, 'revoked');
  expect(await removeAll(2)).toMatchObject({ ended_sessions: 2 });
  expect(await left()).toBe(3);
});

it('removes links that ran out at once, and used assertions when nobody takes them any more', async () => {
  const { sql } = test.database;
  const clientId = `cli_${'0'.repeat(32)}`;
  await sql`insert into one_time_tokens (user_id, purpose, token_hash, email, expires_at) values
    (${userId}, 'password_reset', sha256('a'), 'a@clinic.test', now() - interval '1 second'),
    (${userId}, 'email_verification', sha256('b'), 'a@clinic.test', now() + interval '1 minute')`;
  await sql`insert into clients (id, name, auth_method, secret_hash, roles, scopes)
    values (${clientId}, 'c', 'client_secret_basic', sha256('s'), '{}', '{}')`;
  await sql`insert into client_assertions (client_id, jti_hash, expires_at) values
    (${clientId}, sha256('a'), now() - interval '2 hours'),
    (${clientId}, sha256('b'), now() - interval '1 minute')`;
  expect(await removeAll()).toMatchObject({ one_time_tokens: 1, client_assertions: 1 });
  expect(await sql`select purpose from one_time_tokens`).toEqual([{ purpose: 'email_verification' }]);
  expect(await sql`select expires_at > now() - interval '1 hour' as late from client_assertions`).toEqual([
    { late: true },
  ]);
});

it('removes revocations an hour after nobody is told of them any more', async () => {
  const { sql } = test.database;
  const add = (seconds: number) => sql`
    insert into revocations (kind, subject_id, revoked_at)
    values ('token', 'jti_' || md5(random()::text), now() - make_interval(secs => ${seconds}))`;
  for (const later of [-60, 60, 90]) await add(REVOCATION_MEMORY_SECONDS + HOUR_SECONDS + later);
  await add(0);
  expect(await removeAll()).toMatchObject({ revocations: 2 });
  expect(await sql`select count(*)::int as left from revocations where kind = 'token'`).toEqual([
    { left: 2 },
  ]);
});

it('passes over a row that somebody holds, and cleans from several processes at once without waiting', async () => {
  await addSessions(400, 91, 'revoked');
  const held = await test.database.sql.reserve();
  onTestFinished(() => held.release());
  await held`begin`;
  await held`select id from sessions order by id limit 1 for update`;
  const pools = Array.from({ length: 2 }, () =>
    connectDatabase({ url: test.url, log: silentLog, statementTimeoutMs: 5_000 }),
  );
  onTestFinished(async () => {
    await Promise.all(pools.map((pool) => pool.close()));
  });
  const stores = pools.map(createPostgresExpiredRows);
  const counts = await Promise.all(
    Array.from({ length: 6 }, (_, index) =>
      stores[index % 2]?.remove('ended_sessions', { limit: 100, ...RETENTION }),
    ),
  );
  expect(counts.reduce<number>((sum, count) => sum + (count ?? 0), 0)).toBe(399);
  expect(await left()).toBe(1);
  await held`rollback`;
  expect(await removeAll()).toMatchObject({ ended_sessions: 1 });
});
