import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPostgresAuditStore } from '../../../src/adapters/postgres/audit-store-postgres.ts';
import { verifyAuditChain, walkAuditChain } from '../../../src/core/audit/verify-audit-chain.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres/database.ts';
import { type ServerProcess, startWardgateProcess } from '../../support/wardgate/wardgate-process.ts';

const PASSWORD = 'quartz-lantern-mosaic-71';
const METRICS_TOKEN = 'metrics-token-5b1f20c39e7744aa';

let testDatabase: TestDatabase;
let wardgate: ServerProcess;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  wardgate = await startWardgateProcess({
    DATABASE_URL: testDatabase.url,
    WARDGATE_SECRET: 'a-secret-of-at-least-32-bytes-00000',
    METRICS_TOKEN,
  });
  const user = { email: 'jo@clinic.test', username: 'jo', password: PASSWORD };
  expect((await ask('POST', '/v1/auth/register', { body: user })).status).toBe(201);
});
afterAll(async () => {
  await wardgate?.stop();
  await testDatabase?.drop();
});

function ask(method: string, path: string, { body, token }: { body?: unknown; token?: string } = {}) {
  return fetch(`http://127.0.0.1:${wardgate.port}${path}`, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

async function logIn(): Promise<{ token: string; sessionId: string }> {
  const response = await ask('POST', '/v1/auth/sessions', { body: { login: 'jo', password: PASSWORD } });
  expect(response.status).toBe(201);
  const { accessToken: token, session } = await response.json();
  return { token, sessionId: session.id };
}

/** Logs out, which must work whatever becomes of the audit log. */
async function logOut(token: string): Promise<void> {
  expect((await ask('POST', '/v1/auth/sessions/current/revoke', { token })).status).toBe(204);
  expect((await ask('GET', '/v1/auth/me', { token })).status).toBe(401);
}

async function metric(name: string): Promise<number> {
  const response = await ask('GET', '/metrics', { token: METRICS_TOKEN });
  return Number(new RegExp(`^${RegExp.escape(name)} (\\d+)$`, 'm').exec(await response.text())?.[1] ?? 0);
}

/** The events about a session that the database holds. */
async function storedTypes(sessionId: string): Promise<readonly string[]> {
  const { sql } = testDatabase.database;
  const rows = await sql`select type from audit_events where target_id = ${sessionId} order by sequence`;
  return rows.map(({ type }) => type);
}

/** What the log holds of events about a session that were not stored. */
function linesOf(sessionId: string) {
  return wardgate
    .output()
    .split('\n')
    .filter((line) => line.includes('audit event not stored') && line.includes(sessionId))
    .map((line) => JSON.parse(line));
}

describe('an audit log that cannot be written', () => {
  it.each([
    [
      'a trigger that refuses',
      `create function refuse_insert() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
       create trigger refuse_insert before insert on audit_events for each row execute function refuse_insert()`,
      'drop trigger refuse_insert on audit_events',
    ],
    [
      'a column that is gone',
      'alter table audit_events rename column reason to reason_gone',
      'alter table audit_events rename column reason_gone to reason',
    ],
  ])(
    'keeps nobody from logging in and out, and puts each event into the log in full: %s',
    async (_what, breaks, mends) => {
      const { sql } = testDatabase.database;
      const given = await metric('wardgate_audit_not_stored_total{because="store_refused"}');
      await sql.unsafe(breaks);
      const { token, sessionId } = await logIn();
      await logOut(token);
      await expect.poll(() => linesOf(sessionId)).toHaveLength(2);
      const lines = linesOf(sessionId);
      await sql.unsafe(mends);
      expect(await metric('wardgate_audit_not_stored_total{because="store_refused"}')).toBeGreaterThanOrEqual(
        given + 2,
      );
      expect(lines.map(({ level, because, type }) => ({ level, because, type }))).toEqual([
        { level: 50, because: 'store_refused', type: 'session.begun' },
        { level: 50, because: 'store_refused', type: 'session.ended' },
      ]);
      expect(JSON.parse(lines[1]?.event)).toMatchObject({
        type: 'session.ended',
        outcome: 'success',
        actor: { kind: 'user' },
        target: { kind: 'session', id: sessionId },
        request: { requestId: lines[1]?.request_id },
      });
      expect(await storedTypes(sessionId)).toEqual([]);
    },
  );

  it('keeps nobody waiting while its table is locked, and stores everything once it is free', async () => {
    const connection = await testDatabase.database.sql.reserve();
    await connection`begin`;
    await connection`lock table audit_events in access exclusive mode`;
    const { token, sessionId } = await logIn();
    await logOut(token);
    expect(await metric('wardgate_audit_waiting')).toBeGreaterThan(0);
    await connection`commit`;
    connection.release();
    await expect.poll(() => storedTypes(sessionId)).toEqual(['session.begun', 'session.ended']);
    expect(linesOf(sessionId)).toEqual([]);
  });

  it('is whole afterwards', async () => {
    const store = createPostgresAuditStore(testDatabase.database);
    const finding = await verifyAuditChain(walkAuditChain(store));
    expect(finding).toMatchObject({ kind: 'whole' });
    expect(finding.kind === 'whole' && finding.head.sequence).toBeGreaterThan(2);
  });
});
