import { readFileSync } from 'node:fs';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { connectDatabase, type Database } from '../../../src/adapters/postgres/database.ts';
import { createPostgresRevocationLog } from '../../../src/adapters/postgres/revocation-log-postgres.ts';
import { createPostgresSessionStore } from '../../../src/adapters/postgres/session-store-postgres.ts';
import { createPostgresUserStore } from '../../../src/adapters/postgres/user-store-postgres.ts';
import type { RevocationLog } from '../../../src/core/revocation/revocation-log.ts';
import { createId } from '../../../src/identity/ids.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { addUser, newSession } from '../../contract/stores-under-test.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres/database.ts';
import { createLogReader } from '../../support/revocations/log-reader.ts';

let test: TestDatabase;
let sql: Database['sql'];
let log: RevocationLog;
beforeAll(async () => {
  test = await createTestDatabase();
  ({ sql } = test.database);
  log = createPostgresRevocationLog(test.database);
});
afterAll(() => test.drop());

/** A shell of somebody who writes SQL by hand, in transactions of his own. */
function openShell(): postgres.Sql {
  const shell = postgres(test.url, { max: 1, onnotice: () => {} });
  onTestFinished(() => shell.end({ timeout: 0 }));
  return shell;
}

/** A session that begins now; its user is nobody else's. */
async function begin(): Promise<string> {
  const { id: userId } = await addUser(createPostgresUserStore(test.database));
  return (await createPostgresSessionStore(test.database).begin(newSession(userId))).id;
}

const end = (shell: postgres.Sql, id: string) =>
  shell`update sessions set state = 'revoked', ended_at = now() where id = ${id}`;
const idsOf = async (cursor: string | undefined) => (await log.read(cursor)).revocations.map(({ id }) => id);

it('does not skip a row that commits late, in whichever order transactions commit', async () => {
  const [early, late, first, second] = [await begin(), await begin(), openShell(), openShell()];
  const reader = createLogReader(log);
  await reader.readNew();
  await first.unsafe('begin');
  await end(first, late);
  await second.unsafe('begin');
  await end(second, early);
  expect(await reader.readNew()).toEqual([]);
  await second.unsafe('commit');
  expect((await reader.readNew()).map(({ id }) => id)).toEqual([early]);
  const token = createId('token');
  await log.revokeToken(token);
  expect((await reader.readNew()).map(({ id }) => id)).toEqual([token]);
  await first.unsafe('commit');
  expect((await reader.readNew()).map(({ id }) => id)).toEqual([late]);
  expect(await reader.readNew()).toEqual([]);
});

it('tells the time of the commit, however long the transaction was held open', async () => {
  const [id, shell] = [await begin(), openShell()];
  await shell.unsafe('begin');
  await end(shell, id);
  const [held] = await sql`select floor(extract(epoch from clock_timestamp()) * 1000)::float8 as at`;
  await shell.unsafe('commit');
  const told = (await log.read(undefined)).revocations.find((each) => each.id === id);
  expect(told?.revokedAtMs).toBeGreaterThanOrEqual(held?.at);
});

it('tells nothing of a transaction that is rolled back', async () => {
  const [id, shell] = [await begin(), openShell()];
  await shell.unsafe('begin');
  await end(shell, id);
  await shell.unsafe('rollback');
  expect(await idsOf(undefined)).not.toContain(id);
});

it('goes on at another pool from the same cursor', async () => {
  const { cursor } = await log.read(undefined);
  const id = createId('token');
  await log.revokeToken(id);
  const other = connectDatabase({ url: test.url, log: silentLog });
  onTestFinished(() => other.close());
  const { revocations } = await createPostgresRevocationLog(other).read(cursor);
  expect(revocations.map((each) => each.id)).toContain(id);
});

it('reads what does not fit in one page, each row once', async () => {
  const reader = createLogReader(log);
  const ids = await reader.appendedBy(
    () => sql`insert into revocations (kind, subject_id)
      select 'token', 'jti_' || md5(number::text) from generate_series(1, 25000) as number`,
  );
  expect([ids.length, new Set(ids).size]).toEqual([25_000, 25_000]);
  const all = await idsOf(undefined);
  expect(all.length).toBe(new Set(all).size);
});

it('is written by every row of a statement, by hand as by the core', async () => {
  const ids = await Promise.all(Array.from({ length: 20 }, begin));
  const [reader, shell] = [createLogReader(log), openShell()];
  const appended = await reader.appendedBy(
    () => shell`update sessions set state = 'expired', ended_at = now() where id = any(${ids})`,
  );
  expect([...appended].sort()).toEqual(ids.map((id) => `session ${id}`).sort());
});

it('is written for each of very many sessions that the core ends some at a time', async () => {
  const { id: userId } = await addUser(createPostgresUserStore(test.database));
  const kept = await begin();
  await sql`insert into sessions (id, user_id, transport, expires_at)
    select 'ses_' || md5(${userId} || number), ${userId}, 'bearer', now() + interval '1 hour' from generate_series(1, 10002) as number`;
  const [one] = await sql`select id from sessions where user_id = ${userId} limit 1`;
  const sessions = createPostgresSessionStore(test.database);
  let told: readonly string[] = [];
  const appended = await createLogReader(log).appendedBy(async () => {
    told = await sessions.endAllExcept(userId, one?.id);
  });
  expect(new Set(appended)).toEqual(new Set(told.map((id) => `session ${id}`)));
  expect([told.length, new Set(told).size, told.includes(one?.id), told.includes(kept)]).toEqual([
    10_001,
    10_001,
    false,
    false,
  ]);
  expect(await sessions.endAll(userId)).toEqual([one?.id]);
  // Each statement is a transaction of its own.
  const [{ count } = {}] =
    await sql`select count(distinct transaction_id)::int as count from revocations where subject_id in ${sql(told)}`;
  expect(count).toBe(3);
});

it('is written when a session that goes on is deleted, and not when retention removes one that ran out', async () => {
  const [live, dead] = [await begin(), await begin()];
  await sql`update sessions set created_at = now() - interval '2 days', expires_at = now() - interval '1 day' where id = ${dead}`;
  const remove = () => sql`delete from sessions where id in ${sql([live, dead])}`;
  expect(await createLogReader(log).appendedBy(remove)).toEqual([`session ${live}`]);
});

it('is written when a user, a client or an API key is deleted by hand', async () => {
  const user = await addUser(createPostgresUserStore(test.database));
  const [client, key] = [createId('client'), createId('api_key')];
  await sql`insert into clients (id, name, auth_method, secret_hash, roles, scopes)
    values (${client}, 'c', 'client_secret_basic', sha256('s'), '{}', '{}')`;
  await sql`insert into api_keys (id, name, key_hash, hint, roles, scopes) values (${key}, 'k', sha256('k'), 'h', '{}', '{}')`;
  const appended = await createLogReader(log).appendedBy(async () => {
    for (const table of ['users', 'clients', 'api_keys'])
      await sql`delete from ${sql(table)} where id in ${sql([user.id, client, key])}`;
  });
  expect(appended).toEqual([`user ${user.id}`, `client ${client}`, `api_key ${key}`]);
});

it('is written for each session of a user who is disabled by hand, behind the user', async () => {
  const [id, other] = [await begin(), await begin()];
  const [{ user_id: userId } = {}] = await sql`select user_id from sessions where id = ${id}`;
  const appended = await createLogReader(log).appendedBy(
    () => sql`update users set disabled_at = now() where id = ${userId}`,
  );
  expect(appended).toEqual([`user ${userId}`, `session ${id}`]);
  expect(appended).not.toContain(`session ${other}`);
});

it('tells that a session is over whose end was moved to before now, and of its user’s tokens where they would outlive it', async () => {
  const id = await begin();
  const [{ user_id: userId } = {}] = await sql`select user_id from sessions where id = ${id}`;
  const reader = createLogReader(log);
  const moveEnd = (seconds: number) =>
    reader.appendedBy(
      () => sql`update sessions set created_at = now() - interval '1 day',
        expires_at = now() + make_interval(secs => ${seconds}) where id = ${id}`,
    );
  const HOUR = 3600;
  expect(await moveEnd(48 * HOUR)).toEqual([]);
  expect(await moveEnd(24 * HOUR)).toEqual([]);
  expect(await moveEnd(60)).toEqual([`user ${userId}`]);
  expect(
    await sql`select 1 from users where id = ${userId} and revoked_at > now() - interval '1 hour'`,
  ).toHaveLength(1);
  expect(await moveEnd(-1)).toEqual([`session ${id}`]);
  expect(await moveEnd(-2)).toEqual([]);
});

it('takes what one transaction takes from a user or a client at once, however many rows it changes', async () => {
  const { id: userId } = await addUser(createPostgresUserStore(test.database));
  const store = createPostgresSessionStore(test.database);
  for (let count = 0; count < 5; count += 1) await store.begin(newSession(userId));
  const client = createId('client');
  await sql`insert into clients (id, name, auth_method, secret_hash, roles, scopes)
    values (${client}, 'c', 'client_secret_basic', sha256('s'), '{}', '{}')`;
  const shell = openShell();
  await shell.unsafe('begin');
  await shell`update sessions set expires_at = now() + interval '1 minute' where user_id = ${userId}`;
  for (const secret of ['first', 'second'])
    await shell`update clients set secret_hash = sha256(${secret}) where id = ${client}`;
  await shell.unsafe('commit');
  expect(
    await sql`select kind, count(*)::int as rows, max(revoked_at) <= clock_timestamp() as are_past
      from revocations where subject_id in ${sql([userId, client])} group by kind order by kind`,
  ).toEqual([
    { kind: 'client', rows: 1, are_past: true },
    { kind: 'user', rows: 1, are_past: true },
  ]);
  expect(
    await sql`select 1 from users where id = ${userId} and revoked_at <= clock_timestamp()`,
  ).toHaveLength(1);
});

it('tells of an API key whose end was moved to before now', async () => {
  const id = createId('api_key');
  await sql`insert into api_keys (id, name, key_hash, hint, roles, scopes) values (${id}, 'k', sha256(${id}), 'h', '{}', '{}')`;
  const reader = createLogReader(log);
  const moveEnd = (seconds: number) =>
    reader.appendedBy(
      () => sql`update api_keys set expires_at = now() + make_interval(secs => ${seconds}) where id = ${id}`,
    );
  expect(await moveEnd(60)).toEqual([]);
  expect(await moveEnd(-1)).toEqual([`api_key ${id}`]);
  expect(await moveEnd(-2)).toEqual([]);
});

it('begins with what was revoked before there was a log and may still matter, once', async () => {
  const { id: userId } = await addUser(createPostgresUserStore(test.database));
  const [late, early, live] = [createId('session'), createId('session'), createId('session')];
  const add = (id: string, state: string, minutes: number | null) => sql`
    insert into sessions (id, user_id, state, transport, created_at, expires_at, ended_at)
    values (${id}, ${userId}, ${state}, 'bearer', now() - interval '1 day', now() + interval '1 day', now() - make_interval(mins => ${minutes}))`;
  await add(late, 'revoked', 5);
  await add(early, 'compromised', 120);
  await add(live, 'active', null);
  const text = readFileSync(
    new URL('../../../drizzle/0014_revocations-before-the-log.sql', import.meta.url),
    'utf8',
  );
  for (let time = 0; time < 2; time += 1) await sql.unsafe(text);
  const told = await sql`select kind, subject_id, revoked_at = ended_at as at_its_end
    from revocations left join sessions on id = subject_id where subject_id in ${sql([late, early, live])}`;
  expect(told).toEqual([{ kind: 'session', subject_id: late, at_its_end: true }]);
});

it('is written by a role that may not write the log itself', async () => {
  const [id, shell] = [await begin(), openShell()];
  const role = `clerk_${id.slice(-8)}`;
  await sql.unsafe(`create role ${role}; grant select, update on sessions to ${role}`);
  onTestFinished(async () => {
    await sql.unsafe(`revoke all on sessions from ${role}; drop role ${role}`);
  });
  await shell.unsafe(`set role ${role}`);
  await end(shell, id);
  expect(await idsOf(undefined)).toContain(id);
});

it('pays nothing for a refresh: its trigger is not called', async () => {
  const id = await begin();
  const [plan] =
    await sql`explain (analyze, format json) update sessions set refresh_counter = refresh_counter + 1 where id = ${id}`;
  expect(JSON.stringify(plan)).not.toContain('sessions_log');
});

it('refuses that a row is changed, or goes while it matters', async () => {
  const id = createId('token');
  await log.revokeToken(id);
  const refusal = { code: '23001', message: 'revocations is append-only' };
  await expect(sql`update revocations set subject_id = ${id}`).rejects.toMatchObject(refusal);
  await expect(sql`delete from revocations where subject_id = ${id}`).rejects.toMatchObject(refusal);
  await expect(sql`truncate revocations`).rejects.toMatchObject(refusal);
});

it.each(['sessions', 'users', 'clients', 'api_keys', 'signing_keys'])(
  'refuses that %s is emptied without a word to the log',
  async (table) => {
    await begin();
    await expect(sql`truncate ${sql(table)} cascade`).rejects.toMatchObject({ code: '23001' });
    expect(await sql`select 1 from sessions limit 1`).toHaveLength(1);
  },
);

it('tells of a signing key that is deleted by hand', async () => {
  const reader = createLogReader(log);
  await reader.readNew();
  const key = createId('key');
  const publicJwk = '{"kty":"OKP"}';
  await sql`insert into signing_keys (id, algorithm, public_jwk, sealed_private_jwk) values (${key}, 'EdDSA', ${publicJwk}, 'x')`;
  await sql`delete from signing_keys where id = ${key}`;
  expect((await reader.readNew()).map((told) => told.id)).toEqual([key]);
});

it.each([
  ['revocations_kind_known', 'card', createId('user')],
  ['revocations_subject_of_kind', 'session', createId('user')],
  ['revocations_subject_of_kind', 'token', 'jti_1'],
])('%s refuses %s %s', async (constraint, kind, subject) => {
  const insertion = sql`insert into revocations (kind, subject_id) values (${kind}, ${subject})`;
  await expect(insertion).rejects.toMatchObject({ constraint_name: constraint });
});

// These rows come with every read from then on.
it('reads rows once that were restored from a database that was further', async () => {
  await sql`insert into revocations (transaction_id, kind, subject_id)
    select '999999999', 'token', 'jti_' || md5('restored' || number) from generate_series(1, 12000) as number`;
  const restored = new Set(Array.from({ length: 3 }, () => createId('token')));
  for (const id of restored) await log.revokeToken(id);
  const ids = await idsOf(undefined);
  expect(ids.length).toBe(new Set(ids).size);
  expect([...restored].filter((id) => !ids.includes(id))).toEqual([]);
});
