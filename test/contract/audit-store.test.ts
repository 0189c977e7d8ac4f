import { afterEach, describe, expect, it } from 'vitest';
import { createPostgresAuditStore } from '../../src/adapters/postgres/audit-store-postgres.ts';
import { connectDatabase } from '../../src/adapters/postgres/database.ts';
import type { AuditStore } from '../../src/core/audit/audit-store.ts';
import { verifyAuditChain, walkAuditChain } from '../../src/core/audit/verify-audit-chain.ts';
import { silentLog } from '../../src/lib/log.ts';
import { timedAuditEvent } from '../support/core/audit-events.ts';
import { createMemoryAuditStore } from '../support/memory-stores/memory-audit-store.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres/database.ts';

let undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of undo.reverse()) await step();
  undo = [];
});

async function startDatabase(): Promise<TestDatabase> {
  const test = await createTestDatabase();
  undo.push(test.drop);
  return test;
}

const kinds: readonly (readonly [string, () => Promise<AuditStore>])[] = [
  ['memory', async () => createMemoryAuditStore()],
  ['postgres', async () => createPostgresAuditStore((await startDatabase()).database)],
];

describe.each(kinds)('audit store (%s)', (_kind, createStore) => {
  it('gives back every member of an event as it was appended', async () => {
    const store = await createStore();
    const full = timedAuditEvent({
      outcome: 'refused',
      reason: 'password_wrong',
      actor: { kind: 'user', id: 'usr_1' },
      target: { kind: 'session', id: 'ses_1' },
      sessionId: 'ses_2',
      request: { requestId: 'req-1', clientAddress: '2001:db8::1' },
      details: { roles: ['b', 'a'], count: 3, share: 0.1, large: 1e21, whole: true, name: 'Zoë 👩‍⚕️ "\\' },
    });
    const bare = timedAuditEvent();
    await store.append([full, bare]);
    const [first, second] = await store.readChain(0, 10);
    expect(first).toMatchObject({
      sequence: 1,
      id: full.id,
      at: full.at,
      type: 'session.ended',
      outcome: 'refused',
      reason: 'password_wrong',
      actorKind: 'user',
      actorId: 'usr_1',
      targetKind: 'session',
      targetId: 'ses_1',
      sessionId: 'ses_2',
      requestId: 'req-1',
      clientAddress: '2001:db8::1',
      details: full.event.details,
      previousHash: new Uint8Array(32),
    });
    expect(second).toMatchObject({ sequence: 2, id: bare.id, reason: undefined, actorId: undefined });
    expect(second?.details).toEqual({});
    expect(second?.previousHash).toEqual(first?.hash);
  });

  it('keeps a chain that verifies, also over texts that are no Unicode and numbers that are none', async () => {
    const store = await createStore();
    const request = { requestId: 'lone \ud800 surrogate', clientAddress: undefined };
    await store.append([
      timedAuditEvent({ request, details: { lone: '\udc00', not: Number.NaN, zero: -0 } }),
    ]);
    await store.append([timedAuditEvent({ details: { z: 1, a: 2, '10': 3, '9': 4, é: 5 } })]);
    expect(await verifyAuditChain(walkAuditChain(store))).toMatchObject({
      kind: 'whole',
      head: { sequence: 2 },
    });
  });

  it('stores an event once that is appended again, in another batch or in the same', async () => {
    const store = await createStore();
    const [one, two] = [timedAuditEvent(), timedAuditEvent()];
    await store.append([one]);
    await store.append([one, two, two]);
    await store.append([]);
    expect((await store.readChain(0, 10)).map(({ id }) => id)).toEqual([one.id, two.id]);
  });

  it('tells the end of the chain, also of an empty one', async () => {
    const store = await createStore();
    expect(await store.readHead()).toEqual({ sequence: 0, hash: new Uint8Array(32) });
    await store.append([timedAuditEvent(), timedAuditEvent()]);
    const [last] = await store.readChain(1, 1);
    expect(await store.readHead()).toEqual({ sequence: 2, hash: last?.hash });
  });

  it('reads on after a sequence number, no more than asked for', async () => {
    const store = await createStore();
    await store.append(Array.from({ length: 5 }, () => timedAuditEvent()));
    expect((await store.readChain(1, 2)).map(({ sequence }) => sequence)).toEqual([2, 3]);
    expect(await store.readChain(5, 2)).toEqual([]);
  });
});

describe('audit store on Postgres', () => {
  it('keeps one whole chain when several pools append at once', async () => {
    const { url } = await startDatabase();
    const stores = Array.from({ length: 3 }, () => {
      const database = connectDatabase({ url, log: silentLog, poolMax: 3 });
      undo.push(database.close);
      return createPostgresAuditStore(database);
    });
    const appended = stores.flatMap((store) =>
      Array.from({ length: 8 }, () => store.append([timedAuditEvent(), timedAuditEvent()])),
    );
    await Promise.all(appended);
    for (const store of stores.slice(0, 1))
      expect(await verifyAuditChain(walkAuditChain(store))).toMatchObject({
        kind: 'whole',
        head: { sequence: 48 },
      });
  });

  it('takes none of a batch that holds an event it can never store, and throws what is no outage', async () => {
    const store = createPostgresAuditStore((await startDatabase()).database);
    const appended = store.append([timedAuditEvent(), timedAuditEvent({ reason: 'nul \0 byte' })]);
    await expect(appended).rejects.not.toHaveProperty('name', 'UnavailableError');
    expect(await store.readChain(0, 10)).toEqual([]);
  });

  it('holds rows that nobody can update, delete or truncate', async () => {
    const { database } = await startDatabase();
    const store = createPostgresAuditStore(database);
    await store.append([timedAuditEvent()]);
    const before = await store.readChain(0, 10);
    const { sql } = database;
    const refusal = { code: '23001', message: 'audit_events is append-only' };
    await expect(sql`update audit_events set reason = 'other'`).rejects.toMatchObject(refusal);
    await expect(sql`delete from audit_events`).rejects.toMatchObject(refusal);
    await expect(sql`truncate audit_events`).rejects.toMatchObject(refusal);
    expect(await store.readChain(0, 10)).toEqual(before);
  });
});
