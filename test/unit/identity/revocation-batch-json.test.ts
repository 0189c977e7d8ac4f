import { describe, expect, it } from 'vitest';
import { createId } from '../../../src/identity/ids.ts';
import { REVOCABLE_KINDS } from '../../../src/identity/revocation.ts';
import { readRevocationBatch, toRevocationBatchJson } from '../../../src/identity/revocation-batch-json.ts';

const one = { kind: 'session', id: createId('session'), revoked_at_ms: 1_795_287_600_123 };

describe('a batch of revocations', () => {
  it('is read as it was written, whatever is revoked', () => {
    const batch = {
      cursor: '742',
      revocations: REVOCABLE_KINDS.map((kind) => ({
        kind,
        id: createId(kind),
        revokedAtMs: 1_795_287_600_123,
      })),
    };
    expect(readRevocationBatch(JSON.parse(JSON.stringify(toRevocationBatchJson(batch))))).toEqual(batch);
  });

  it('says that it is a part, and nothing of it where it is whole', () => {
    const part = { cursor: '0', revocations: [], hasMore: true };
    expect(readRevocationBatch(toRevocationBatchJson(part))).toEqual(part);
    expect(toRevocationBatchJson({ cursor: '0', revocations: [] })).toEqual({ cursor: '0', revocations: [] });
  });

  it('is read without what a newer core may tell', () => {
    const batch = { cursor: '1', revocations: [{ kind: 'planet', id: 'x' }, one], more: true };
    expect(readRevocationBatch(batch)?.revocations).toEqual([
      { kind: 'session', id: one.id, revokedAtMs: one.revoked_at_ms },
    ]);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a list', [one]],
    ['a word for whether it is a part', { cursor: '1', revocations: [one], has_more: 'no' }],
    ['no cursor', { revocations: [one] }],
    ['a cursor that no header field holds', { cursor: '1\nx', revocations: [one] }],
    ['a cursor that the core would not take back', { cursor: '1'.repeat(65), revocations: [one] }],
    ['a cursor that says nothing', { cursor: '', revocations: [one] }],
    ['no list', { cursor: '1', revocations: one }],
    ['an entry that is none', { cursor: '1', revocations: [one, null] }],
    ['an entry without a kind', { cursor: '1', revocations: [{ ...one, kind: undefined }] }],
    ['an id of another kind', { cursor: '1', revocations: [{ ...one, id: createId('user') }] }],
    ['a time that is none', { cursor: '1', revocations: [{ ...one, revoked_at_ms: '1' }] }],
  ])('is refused whole where there is %s', (_, json) => {
    expect(readRevocationBatch(json)).toBeUndefined();
  });
});
