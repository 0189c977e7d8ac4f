import { expect, it } from 'vitest';
import type { NewApiKey } from '../../src/core/machines/api-key-store.ts';
import type { MachineCursor } from '../../src/core/machines/machine-cursor.ts';
import { createId } from '../../src/identity/ids.ts';
import { describeStores, randomTokenHash } from './stores-under-test.ts';

const newKey = (differences: Partial<NewApiKey> = {}): NewApiKey => ({
  name: 'nightly export',
  keyHash: randomTokenHash(),
  hint: 'wgk_Ab12',
  roles: ['exporter'],
  scopes: ['patients:read'],
  createdBy: undefined,
  lifetimeSeconds: undefined,
  ...differences,
});

describeStores('API key store', (stores) => {
  it('gives back what was stored, by hash and by id, and never the hash', async () => {
    const creator = createId('user');
    const added = newKey({ createdBy: creator, lifetimeSeconds: 3600 });
    const created = await stores.apiKeys.create(added);
    expect(created).toEqual({
      id: expect.stringMatching(/^apk_[0-9a-f]{32}$/),
      name: 'nightly export',
      hint: 'wgk_Ab12',
      roles: ['exporter'],
      scopes: ['patients:read'],
      createdBy: creator,
      createdAt: expect.any(Date),
      expiresAt: new Date(created.createdAt.getTime() + 3_600_000),
      lastUsedAt: undefined,
      revokedAt: undefined,
    });
    expect(await stores.apiKeys.findActiveById(created.id)).toEqual(created);
    expect(await stores.apiKeys.findActiveByHash(added.keyHash)).toMatchObject({
      id: created.id,
      lastUsedAt: expect.any(Date),
    });
  });

  it('finds nothing by an unknown hash or id', async () => {
    expect(await stores.apiKeys.findActiveByHash(randomTokenHash())).toBeUndefined();
    for (const id of [createId('api_key'), '', 'apk_x\0'])
      expect(await stores.apiKeys.findActiveById(id)).toBeUndefined();
  });

  it('notes a use at most once a minute, and not where the key is looked up by id', async () => {
    const added = newKey();
    const { id } = await stores.apiKeys.create(added);
    expect((await stores.apiKeys.findActiveById(id))?.lastUsedAt).toBeUndefined();
    const first = (await stores.apiKeys.findActiveByHash(added.keyHash))?.lastUsedAt;
    expect(first).toBeInstanceOf(Date);
    expect((await stores.apiKeys.findActiveByHash(added.keyHash))?.lastUsedAt).toEqual(first);
    await stores.advanceSeconds(61);
    const before = (await stores.apiKeys.findActiveById(id))?.lastUsedAt?.getTime() ?? Number.NaN;
    const later = (await stores.apiKeys.findActiveByHash(added.keyHash))?.lastUsedAt?.getTime();
    expect(later).toBeGreaterThan(before);
    expect((await stores.apiKeys.findActiveById(id))?.lastUsedAt?.getTime()).toBe(later);
  });

  it('finds a key no more once it has expired', async () => {
    const added = newKey({ lifetimeSeconds: 3600 });
    const { id } = await stores.apiKeys.create(added);
    await stores.advanceSeconds(3540);
    expect(await stores.apiKeys.findActiveById(id)).toBeDefined();
    await stores.advanceSeconds(61);
    expect(await stores.apiKeys.findActiveByHash(added.keyHash)).toBeUndefined();
    expect(await stores.apiKeys.findActiveById(id)).toBeUndefined();
  });

  it('revokes a key once and for good, and goes on listing it', async () => {
    const added = newKey();
    const { id } = await stores.apiKeys.create(added);
    expect(await stores.apiKeys.revoke(id)).toBe('revoked');
    expect(await stores.apiKeys.findActiveByHash(added.keyHash)).toBeUndefined();
    expect(await stores.apiKeys.findActiveById(id)).toBeUndefined();
    for (const again of [id, createId('api_key'), '\0'])
      expect(await stores.apiKeys.revoke(again)).toBe('not_found');
    const { apiKeys } = await stores.apiKeys.list({ after: undefined, limit: 100 });
    expect(apiKeys.find((key) => key.id === id)?.revokedAt).toBeInstanceOf(Date);
  });

  it.each([1, 2, 3, 100])('pages through all once, %i at a time', async (limit) => {
    const whole = await stores.apiKeys.list({ after: undefined, limit: 100 });
    expect(whole.apiKeys.length).toBeGreaterThanOrEqual(4);
    const seen: string[] = [];
    let after: MachineCursor | undefined;
    do {
      const page = await stores.apiKeys.list({ after, limit });
      expect(page.apiKeys.length).toBeLessThanOrEqual(limit);
      seen.push(...page.apiKeys.map(({ id }) => id));
      after = page.next;
    } while (after !== undefined);
    expect(seen).toEqual(whole.apiKeys.map(({ id }) => id));
  });
});
