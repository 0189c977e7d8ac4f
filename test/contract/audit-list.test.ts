import { beforeAll, expect, it } from 'vitest';
import type { AuditEvent } from '../../src/core/audit/audit-log.ts';
import type { AuditCursor, AuditFilter, AuditStore } from '../../src/core/audit/audit-store.ts';
import { timedAuditEvent } from '../support/core/audit-events.ts';
import { describeStores } from './stores-under-test.ts';

const ADMIN = { kind: 'user', id: 'usr_admin' } as const;
const PATIENT = { kind: 'user', id: 'usr_patient' } as const;
const SESSION = { kind: 'session', id: 'ses_1' } as const;
const request = (requestId: string) => ({ requestId, clientAddress: undefined });

// In the order in which they are stored; `at` is when they happened, in seconds.
const EVENTS: readonly (readonly [at: number, event: Partial<AuditEvent>])[] = [
  [10, { type: 'session.begun', actor: PATIENT, target: SESSION, sessionId: 'ses_1' }],
  [20, { type: 'session.begun', outcome: 'refused', actor: { kind: 'anonymous' }, request: request('r-2') }],
  [20, { type: 'user.updated', actor: ADMIN, target: PATIENT, sessionId: 'ses_2', request: request('r-3') }],
  [5, { type: 'session.compromised', target: SESSION, details: { user_id: PATIENT.id, number: 1 } }],
  [30, { type: 'session.ended', actor: ADMIN, target: { kind: 'user', id: 'usr_other' } }],
  [30, { type: 'session.ended', actor: ADMIN, target: { kind: 'session', id: 'ses_3' } }],
];

const NO_FILTER: AuditFilter = {
  type: undefined,
  actorId: undefined,
  userId: undefined,
  sessionId: undefined,
  outcome: undefined,
  requestId: undefined,
  from: undefined,
  to: undefined,
};

describeStores('list of the audit store', ({ audit }) => {
  beforeAll(async () => {
    for (const [seconds, event] of EVENTS)
      await audit.append([{ ...timedAuditEvent(event), at: new Date(seconds * 1000) }]);
  });
  const list = (query: Partial<Parameters<AuditStore['list']>[0]>) =>
    audit.list({ ...NO_FILTER, after: undefined, limit: 100, ...query });
  const found = async (filter: Partial<AuditFilter>) =>
    (await list(filter)).rows.map(({ sequence }) => sequence);

  it('lists all by when they happened, newest first, those of one moment by their number', async () => {
    expect(await found({})).toEqual([6, 5, 3, 2, 1, 4]);
  });

  it('gives back whole rows, as the chain holds them', async () => {
    const { rows } = await list({ limit: 1 });
    expect(rows).toEqual(await audit.readChain(5, 1));
  });

  it.each<[string, Partial<AuditFilter>, number[]]>([
    ['type', { type: 'session.ended' }, [6, 5]],
    ['actor', { actorId: ADMIN.id }, [6, 5, 3]],
    ['user who was changed, began a session, or owns one', { userId: PATIENT.id }, [3, 1, 4]],
    ['user on whom it was done', { userId: 'usr_other' }, [5]],
    ['user who did it to a session for which no other user is named', { userId: ADMIN.id }, [6]],
    ['session in which or to which it was done', { sessionId: 'ses_1' }, [1, 4]],
    ['outcome', { outcome: 'refused' }, [2]],
    ['outcome', { outcome: 'success' }, [6, 5, 3, 1, 4]],
    ['request', { requestId: 'r-3' }, [3]],
    [
      'time, with its beginning and without its end',
      { from: new Date(10_000), to: new Date(30_000) },
      [3, 2, 1],
    ],
    ['everything at once', { type: 'session.ended', actorId: ADMIN.id, userId: 'usr_other' }, [5]],
    ['what nothing can hold', { actorId: 'x\0' }, []],
    ['the empty text', { actorId: '' }, []],
  ])('finds by %s', async (_what, filter, sequences) => {
    expect(await found(filter)).toEqual(sequences);
  });

  it.each([1, 2, 3, 6, 7])('pages through all once, %i at a time', async (limit) => {
    const seen: number[] = [];
    let after: AuditCursor | undefined;
    do {
      const page = await list({ limit, after });
      expect(page.rows.length).toBeLessThanOrEqual(limit);
      seen.push(...page.rows.map(({ sequence }) => sequence));
      after = page.next;
    } while (after !== undefined);
    expect(seen).toEqual([6, 5, 3, 2, 1, 4]);
  });
});
