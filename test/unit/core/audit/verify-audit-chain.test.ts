import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashAuditRow } from '../../../../src/core/audit/audit-chain.ts';
import type { AuditRow } from '../../../../src/core/audit/audit-row.ts';
import { verifyAuditChain, walkAuditChain } from '../../../../src/core/audit/verify-audit-chain.ts';
import { timedAuditEvent } from '../../../support/core/audit-events.ts';
import { createMemoryAuditStore } from '../../../support/memory-stores/memory-audit-store.ts';

async function chainOf(length: number) {
  const store = createMemoryAuditStore();
  await store.append(
    Array.from({ length }, () => timedAuditEvent({ reason: 'asked', details: { b: 1, a: 2 } })),
  );
  const replace = (sequence: number, differences: Partial<AuditRow>) => {
    store.rows.splice(sequence - 1, 1, { ...rowAt(sequence), ...differences });
  };
  const rowAt = (sequence: number): AuditRow => {
    const row = store.rows[sequence - 1];
    if (row === undefined) throw new Error('the chain is shorter than the test thinks');
    return row;
  };
  return {
    store,
    rowAt,
    replace,
    verify: (keptHead?: string) => verifyAuditChain(walkAuditChain(store), keptHead),
  };
}

describe('verification of the audit chain', () => {
  it('finds an empty log whole, with 32 zero bytes as its head', async () => {
    const { verify } = await chainOf(0);
    expect(await verify()).toEqual({ kind: 'whole', head: { sequence: 0, hash: new Uint8Array(32) } });
  });

  it('finds a log of more than one page whole and answers with its head', async () => {
    const { verify, rowAt } = await chainOf(2_001);
    expect(await verify()).toEqual({ kind: 'whole', head: { sequence: 2_001, hash: rowAt(2_001).hash } });
  });

  it('misses a kept head where the newest rows were cut off, and finds it before newer ones', async () => {
    const { verify, store, rowAt } = await chainOf(5);
    const [kept, before] = [rowAt(4).hash.toHex(), rowAt(3).hash.toHex()];
    expect(await verify(kept)).toMatchObject({ kind: 'whole', head: { sequence: 5 } });
    expect(await verify('0'.repeat(64))).toMatchObject({ kind: 'whole' });
    store.rows.splice(3);
    expect(await verify(kept)).toMatchObject({ kind: 'head_missing', head: { sequence: 3 } });
    expect(await verify(before)).toMatchObject({ kind: 'whole' });
  });

  it('finds the row that is missing, also the first', async () => {
    for (const sequence of [1, 3]) {
      const { verify, store } = await chainOf(5);
      store.rows.splice(sequence - 1, 1);
      expect(await verify()).toEqual({ kind: 'broken', sequence, because: 'missing' });
    }
  });

  it('finds a row that was altered and hashed anew unlinked from the next one', async () => {
    const { verify, rowAt, replace } = await chainOf(5);
    const forged = { ...rowAt(2), outcome: 'refused' as const };
    replace(2, { ...forged, hash: await hashAuditRow(forged) });
    expect(await verify()).toEqual({ kind: 'broken', sequence: 3, because: 'unlinked' });
  });

  it('hashes details alike in whatever order their members come', async () => {
    const { verify, replace } = await chainOf(3);
    replace(2, { details: { a: 2, b: 1 } });
    expect(await verify()).toMatchObject({ kind: 'whole' });
  });

  it('finds every change of a member altered, at the row where it is', async () => {
    const text = fc.string({ unit: 'grapheme' });
    const change: fc.Arbitrary<Partial<AuditRow>> = fc.oneof(
      fc.record({ id: text }),
      fc.record({ reason: text.filter((reason) => reason !== 'asked') }),
      fc.record({ actorId: text }),
      fc.record({ targetId: text }),
      fc.record({ sessionId: text }),
      fc.record({ requestId: text }),
      fc.record({ clientAddress: text }),
      fc.record({ at: fc.date({ noInvalidDate: true, max: new Date(0) }) }),
      fc.record({ details: fc.dictionary(text, fc.oneof(text, fc.integer(), fc.boolean(), fc.array(text))) }),
      fc.record({ previousHash: fc.uint8Array({ minLength: 32, maxLength: 32 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 6 }), change, async (sequence, differences) => {
        const { verify, replace } = await chainOf(6);
        replace(sequence, differences);
        expect(await verify()).toEqual({ kind: 'broken', sequence, because: 'altered' });
      }),
    );
  });
});
