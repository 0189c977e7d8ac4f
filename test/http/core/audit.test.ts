import { describe, expect, it } from 'vitest';
import { UnavailableError } from '../../../src/lib/unavailable-error.ts';
import { timedAuditEvent } from '../../support/core/audit-events.ts';
import { startCoreApp } from '../../support/core/core-app.ts';

const AUDIT = '/v1/audit';
const PATIENT = `usr_${'1'.repeat(32)}`;
const SESSION = `ses_${'2'.repeat(32)}`;
const REQUEST_ID = 'req_0123456789abcdef00000a';

/** A core whose audit log holds three events, and an administrator who asks. */
async function startWithEvents() {
  const started = await startCoreApp();
  const { accessToken: token, sessionId } = await started.logIn('admin');
  const admin = (await started.stores.users.findByLogin('admin'))?.id ?? '';
  const request = { requestId: REQUEST_ID, clientAddress: '192.0.2.9' };
  await started.stores.audit.append([
    timedAuditEvent({ type: 'session.begun', outcome: 'refused', actor: { kind: 'anonymous' }, request }),
    timedAuditEvent({
      type: 'user.updated',
      reason: 'asked',
      actor: { kind: 'user', id: admin },
      target: { kind: 'user', id: PATIENT },
      sessionId: SESSION,
      details: { members: ['roles'], count: 2, whole: true, name: 'x' },
    }),
    timedAuditEvent({ type: 'session.ended' }),
  ]);
  const ask = (query = '') => started.send('GET', `${AUDIT}${query}`, { token });
  const read = async (query = '') => (await ask(query)).json();
  return { ...started, admin, sessionId, ask, read };
}

describe('GET /v1/audit', () => {
  it('is for administrators alone', async () => {
    const { send, logIn, stores } = await startWithEvents();
    expect((await send('GET', AUDIT)).status).toBe(401);
    const { accessToken: token } = await logIn('doctor');
    const refused = await send('GET', AUDIT, { token });
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ code: 'role_missing' });
    expect(stores.audit.rows).toHaveLength(3);
  });

  it('answers whole events, newest first', async () => {
    const { read, admin, stores } = await startWithEvents();
    const { events, ...rest } = await read();
    expect(rest).toEqual({});
    expect(events).toHaveLength(3);
    expect(events[1]).toEqual({
      id: stores.audit.rows[1]?.id,
      sequence: 2,
      at: '2026-01-15T12:00:00.123Z',
      type: 'user.updated',
      outcome: 'success',
      reason: 'asked',
      actor: { kind: 'user', id: admin },
      target: { kind: 'user', id: PATIENT },
      sessionId: SESSION,
      details: { members: ['roles'], count: 2, whole: true, name: 'x' },
      hash: stores.audit.rows[1]?.hash.toHex(),
    });
    expect(events[2]).toMatchObject({
      requestId: REQUEST_ID,
      clientAddress: '192.0.2.9',
      outcome: 'refused',
    });
  });

  it.each([
    ['type=session.ended', [3]],
    [`user=${PATIENT}`, [2]],
    [`session=${SESSION}`, [2]],
    ['outcome=refused', [1]],
    [`requestId=${REQUEST_ID}`, [1]],
    ['from=2026-01-15T12:00:00.123Z', [3, 2, 1]],
    ['from=2026-01-15T12:00:00.124Z', []],
    [`from=${encodeURIComponent('2026-01-15T13:00:00.123+01:00')}`, [3, 2, 1]],
    ['to=2026-01-15T12:00:00.123Z', []],
    ['to=9999-12-31T23:59:59.999Z', [3, 2, 1]],
    ['limit=100&cursor=9999999999999.999999999999999', [3, 2, 1]],
  ])('takes the filter %s', async (query, sequences) => {
    const { read } = await startWithEvents();
    const { events } = await read(`?${query}`);
    expect(events.map(({ sequence }: { sequence: number }) => sequence)).toEqual(sequences);
  });

  it('goes through all events page by page', async () => {
    const { read, admin } = await startWithEvents();
    const first = await read('?limit=2');
    const second = await read(`?limit=2&cursor=${first.nextCursor}`);
    expect([...first.events, ...second.events].map(({ sequence }) => sequence)).toEqual([3, 2, 1]);
    expect(second).not.toHaveProperty('nextCursor');
    expect((await read(`?actor=${admin}`)).events).toHaveLength(1);
  });

  it.each([
    'limit=0',
    'limit=101',
    'limit=1e1',
    'limit=1&limit=2',
    'type=session',
    'actor=admin',
    `user=${SESSION}`,
    'session=x%00',
    'outcome=failed',
    'requestId=a-token-that-was-pasted-here',
    'from=yesterday',
    'from=1969-12-31T23:59:59Z',
    'to=0000-01-01T00:00:00Z',
    'to=9999-12-31T23:59:59-10:00',
    'cursor=1',
    'cursor=99999999999999.1',
    'search=x',
  ])('refuses the query %s', async (query) => {
    const { ask, recorded } = await startWithEvents();
    const before = recorded.length;
    expect((await ask(`?${query}`)).status).toBe(400);
    expect(recorded).toHaveLength(before);
  });

  it('records who read, what was looked for and how much was shown', async () => {
    const { read, recorded, admin, sessionId } = await startWithEvents();
    await read(`?user=${PATIENT}&from=2026-01-01T00:00:00Z&cursor=9999999999999.7`);
    expect(recorded.at(-1)).toEqual({
      type: 'audit.read',
      outcome: 'success',
      actor: { kind: 'user', id: admin },
      sessionId,
      request: { requestId: 'req-1', clientAddress: '192.0.2.7' },
      details: { user_id: PATIENT, from: '2026-01-01T00:00:00.000Z', before: 7, rows: 1 },
    });
  });

  it('answers 503 while the store cannot tell', async () => {
    const { ask, stores } = await startWithEvents();
    Object.assign(stores.audit, { list: () => Promise.reject(new UnavailableError('database', 'down')) });
    expect((await ask()).status).toBe(503);
  });
});
