import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createId } from '../../src/identity/ids.ts';
import { type StoresUnderTest, storeKinds } from './stores-under-test.ts';

function newKey() {
  const publicJwk = JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: 'AA' });
  return { id: createId('key'), algorithm: 'EdDSA', publicJwk, sealedPrivateJwk: 'sealed:AA' };
}

describe.each(storeKinds)('signing key store (%s)', (_kind, createStores) => {
  let stores: StoresUnderTest;
  beforeEach(async () => {
    stores = await createStores();
  });
  afterEach(() => stores.discard());

  it('has no key before the first is added', async () => {
    expect(await stores.signingKeys.list()).toEqual([]);
  });

  it('adds the first key and lists it from then on', async () => {
    const key = newKey();
    const added = await stores.signingKeys.addFirst(async () => key);
    expect(added).toEqual([{ ...key, createdAt: expect.any(Date) }]);
    expect(await stores.signingKeys.list()).toEqual(added);
  });

  it('makes no key where there is one', async () => {
    const standing = await stores.signingKeys.addFirst(async () => newKey());
    const again = await stores.signingKeys.addFirst(() => Promise.reject(new Error('must not be called')));
    expect(again).toEqual(standing);
  });

  it('makes one key for callers that come at once, and answers all with it', async () => {
    let made = 0;
    const make = async () => {
      made += 1;
      return newKey();
    };
    const answers = await Promise.all(Array.from({ length: 8 }, () => stores.signingKeys.addFirst(make)));
    expect(made).toBe(1);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it('keeps nothing when making fails, lets the error through, and can try again', async () => {
    const failure = new Error('no entropy');
    await expect(stores.signingKeys.addFirst(() => Promise.reject(failure))).rejects.toBe(failure);
    expect(await stores.signingKeys.list()).toEqual([]);
    expect(await stores.signingKeys.addFirst(async () => newKey())).toHaveLength(1);
  });
});
