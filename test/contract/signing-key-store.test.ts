import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeyChanges } from '../../src/core/keys/key-changes.ts';
import type { NewSigningKey, SigningKeyListing } from '../../src/core/keys/signing-key-store.ts';
import { createId } from '../../src/identity/ids.ts';
import { type StoresUnderTest, storeKinds } from './stores-under-test.ts';

const FROM = new Date('2026-03-01T12:00:00.123Z');
const ALGORITHM = 'EdDSA';

function newKey(signsFrom = FROM): NewSigningKey {
  const id = createId('key');
  // Each is another key: one that is there is not added again.
  const publicJwk = JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: id });
  const pair = { id, algorithm: ALGORITHM, publicJwk, sealedPrivateJwk: 'sealed:AA' };
  return { ...pair, signsFrom, notedPhase: 'next' };
}

/** The decisions of a process. */
const changes = createKeyChanges({
  algorithm: ALGORITHM,
  generate: async () => {
    const { signsFrom: _, notedPhase: __, ...pair } = newKey();
    return pair;
  },
});

describe.each(storeKinds)('signing key store (%s)', (_kind, createStores) => {
  let stores: StoresUnderTest;
  beforeEach(async () => {
    stores = await createStores();
  });
  afterEach(() => stores.discard());

  const atOnce = (act: () => Promise<SigningKeyListing>) => Promise.all(Array.from({ length: 8 }, act));

  it('has no key before the first is added', async () => {
    expect(await stores.signingKeys.list()).toEqual({ now: expect.any(Date), keys: [] });
  });

  it('adds a key at the clock that the decision saw, and lists it from then on', async () => {
    const key = newKey();
    let seen: Date | undefined;
    const { now, keys } = await stores.signingKeys.change(async (listing) => {
      seen = listing.now;
      return { add: key, times: [] };
    });
    expect(keys).toEqual([{ ...key, createdAt: seen, publishedUntil: undefined, revokedAt: undefined }]);
    expect((await stores.signingKeys.list()).keys).toEqual(keys);
    expect(now.getTime()).toBeGreaterThanOrEqual(seen?.getTime() ?? Number.NaN);
  });

  it('sets the times of keys that stand, clears them again, and leaves other keys alone', async () => {
    const [one, other] = [newKey(), newKey()];
    for (const add of [one, other]) await stores.signingKeys.change(() => ({ add, times: [] }));
    const set = {
      id: one.id,
      signsFrom: new Date(1_000),
      publishedUntil: new Date(2_000),
      revokedAt: new Date(3_000),
      notedPhase: 'revoked',
    } as const;
    const { keys } = await stores.signingKeys.change(() => ({ add: undefined, times: [set] }));
    expect(keys.find(({ id }) => id === one.id)).toMatchObject(set);
    expect(keys.find(({ id }) => id === other.id)).toMatchObject({ signsFrom: FROM, revokedAt: undefined });
    const cleared = { ...set, publishedUntil: undefined, revokedAt: undefined };
    const again = await stores.signingKeys.change(() => ({ add: undefined, times: [cleared] }));
    expect(again.keys.find(({ id }) => id === one.id)).toMatchObject(cleared);
  });

  it('changes nothing where the decision is that nothing changes', async () => {
    const { keys } = await stores.signingKeys.change(() => ({ add: newKey(), times: [] }));
    expect((await stores.signingKeys.change(() => undefined)).keys).toEqual(keys);
  });

  it('makes one first key for processes that start at once, and answers all with it', async () => {
    const answers = await atOnce(() => stores.signingKeys.change(changes.first));
    expect(answers[0]?.keys).toHaveLength(1);
    for (const { keys } of answers) expect(keys).toEqual(answers[0]?.keys);
  });

  it('rotates once for processes that find the current key too old at once', async () => {
    await stores.signingKeys.change(changes.first);
    const answers = await atOnce(() => stores.signingKeys.change(changes.due(0)));
    for (const { keys } of answers) expect(keys).toEqual(answers[0]?.keys);
    expect(answers[0]?.keys).toHaveLength(2);
  });

  it('lets no change get lost: all that come at once are made, each by what the one before left', async () => {
    const seen: number[] = [];
    await atOnce(() => {
      let counted = 0;
      const change = stores.signingKeys.change(({ keys }) => {
        counted = keys.length;
        return { add: newKey(), times: [] };
      });
      return change.finally(() => seen.push(counted));
    });
    expect(seen.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect((await stores.signingKeys.list()).keys).toHaveLength(8);
  });

  it('keeps nothing when the decision fails, lets the error through, and can try again', async () => {
    const failure = new Error('no entropy');
    await expect(stores.signingKeys.change(() => Promise.reject(failure))).rejects.toBe(failure);
    expect((await stores.signingKeys.list()).keys).toEqual([]);
    expect((await stores.signingKeys.change(changes.first)).keys).toHaveLength(1);
  });

  it('replaces a sealed private part once for those who saw the same, and none that has changed', async () => {
    const key = newKey();
    await stores.signingKeys.change(() => ({ add: key, times: [] }));
    const replace = (from: string, to: string) => stores.signingKeys.replaceSealed(key.id, from, to);
    const outcomes = await Promise.all([
      replace('sealed:AA', 'sealed:BB'),
      replace('sealed:AA', 'sealed:CC'),
    ]);
    expect(outcomes.toSorted()).toEqual([false, true]);
    const { keys } = await stores.signingKeys.list();
    expect(keys[0]?.sealedPrivateJwk).toBe(outcomes[0] ? 'sealed:BB' : 'sealed:CC');
    expect(await stores.signingKeys.replaceSealed(createId('key'), 'sealed:AA', 'x')).toBe(false);
  });
});
