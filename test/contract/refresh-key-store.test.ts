import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createId } from '../../src/identity/ids.ts';
import { type StoresUnderTest, storeKinds } from './stores-under-test.ts';

const newKey = () => ({ id: createId('refresh_key'), sealedKey: 'v1.AA' });

describe.each(storeKinds)('refresh key store (%s)', (_kind, createStores) => {
  let stores: StoresUnderTest;
  beforeEach(async () => {
    stores = await createStores();
  });
  afterEach(() => stores.discard());

  it('adds the first key and lists it from then on', async () => {
    expect(await stores.refreshKeys.list()).toEqual([]);
    const key = newKey();
    const added = await stores.refreshKeys.addFirst(async () => key);
    expect(added).toEqual([{ ...key, createdAt: expect.any(Date) }]);
    expect(await stores.refreshKeys.list()).toEqual(added);
  });

  it('keeps one key for callers that come at once, and answers all with it', async () => {
    const add = () => stores.refreshKeys.addFirst(async () => newKey());
    const answers = await Promise.all(Array.from({ length: 8 }, add));
    expect(answers[0]).toHaveLength(1);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it('makes no key where there is one', async () => {
    const [key] = await stores.refreshKeys.addFirst(async () => newKey());
    const add = stores.refreshKeys.addFirst(() => Promise.reject(new Error('there is one')));
    expect(await add).toEqual([key]);
  });

  it('keeps nothing when making fails, lets the error through, and can try again', async () => {
    const failure = new Error('no entropy');
    await expect(stores.refreshKeys.addFirst(() => Promise.reject(failure))).rejects.toBe(failure);
    expect(await stores.refreshKeys.list()).toEqual([]);
    expect(await stores.refreshKeys.addFirst(async () => newKey())).toHaveLength(1);
  });

  it('replaces a sealed form that is still the one expected, and no other', async () => {
    const key = newKey();
    await stores.refreshKeys.addFirst(async () => key);
    expect(await stores.refreshKeys.replaceSealed(key.id, key.sealedKey, 'v1.BB')).toBe(true);
    expect(await stores.refreshKeys.replaceSealed(key.id, key.sealedKey, 'v1.CC')).toBe(false);
    expect(await stores.refreshKeys.replaceSealed(createId('refresh_key'), 'v1.BB', 'v1.CC')).toBe(false);
    expect(await stores.refreshKeys.list()).toMatchObject([{ id: key.id, sealedKey: 'v1.BB' }]);
  });
});
