import { expect, it } from 'vitest';
import type { Client, ClientKey, NewClient } from '../../src/core/clients/client-store.ts';
import type { MachineCursor } from '../../src/core/machines/machine-cursor.ts';
import { createId, isId } from '../../src/identity/ids.ts';
import { describeStores, randomTokenHash, type StoresUnderTest } from './stores-under-test.ts';

const KEYS: ClientKey[] = [{ kty: 'OKP', crv: 'Ed25519', x: 'eA', kid: 'one' }];
const newClient = (name = 'nightly export'): NewClient => ({
  name,
  authenticationMethod: 'client_secret_basic',
  secretHash: randomTokenHash(),
  roles: ['exporter'],
  scopes: ['patients:read'],
});
const newKeyClient = (): NewClient => ({
  name: 'lab',
  authenticationMethod: 'private_key_jwt',
  keys: KEYS,
  roles: [],
  scopes: [],
});
const NOBODY = [createId('client'), createId('user'), '', 'cli_x\0'];

describeStores('client store', ({ clients, revocationLog, advanceSeconds }) => {
  it('gives back what was stored, and the hash of the secret for authentication alone', async () => {
    const added = newClient();
    const created = await clients.create(added);
    expect(created).toEqual({
      id: expect.stringMatching(/^cli_[0-9a-f]{32}$/),
      name: 'nightly export',
      authenticationMethod: 'client_secret_basic',
      keys: [],
      roles: ['exporter'],
      scopes: ['patients:read'],
      audience: undefined,
      audiences: [],
      disabledAt: undefined,
      lastUsedAt: undefined,
      createdAt: expect.any(Date),
    });
    expect(await clients.findById(created.id)).toEqual(created);
    const { secretHash } = added as { secretHash: Uint8Array };
    const credentials = await clients.findCredentials(created.id);
    expect(credentials?.client).toEqual(created);
    expect(credentials?.secretHash?.toHex()).toBe(secretHash.toHex());
  });

  it('finds as active a client that is not disabled, and not for a token that was revoked alone', async () => {
    const created = await clients.create(newClient());
    const { id } = created;
    const [revoked, other] = [createId('token'), createId('token')];
    await revocationLog.revokeToken(revoked);
    for (const tokenId of [other, undefined])
      expect(await clients.findActiveById(id, tokenId)).toEqual(created);
    expect(await clients.findActiveById(id, revoked)).toBeUndefined();
    await clients.change(id, { disabled: true });
    expect(await clients.findActiveById(id)).toBeUndefined();
    await clients.change(id, { disabled: false });
    expect(await clients.findActiveById(id)).toEqual(created);
    await clients.remove(id);
    for (const gone of [id, ...NOBODY]) expect(await clients.findActiveById(gone)).toBeUndefined();
  });

  it('keeps what the client is called and for whom it may ask, until that is changed', async () => {
    const named = { audience: 'patients', audiences: ['alerts', 'doctors'] };
    const { id } = await clients.create({ ...newClient(), ...named });
    expect(await clients.findById(id)).toMatchObject(named);
    expect(await clients.change(id, { name: 'other' })).toMatchObject(named);
    const renamed = { audience: 'records', audiences: ['alerts'] };
    expect(await clients.change(id, renamed)).toMatchObject(renamed);
    const emptied = await clients.change(id, { audience: null, audiences: [] });
    expect(emptied).toMatchObject({ audience: undefined, audiences: [] });
    expect(await clients.findById(id)).toEqual(emptied);
  });

  it('keeps public keys for a client without a secret', async () => {
    const { id } = await clients.create(newKeyClient());
    expect(await clients.findCredentials(id)).toEqual({
      client: expect.objectContaining({ authenticationMethod: 'private_key_jwt', keys: KEYS }),
      secretHash: undefined,
    });
    expect((await clients.change(id, { keys: [] }))?.keys).toEqual([]);
  });

  it('makes ids that can never be those of a user', async () => {
    const { id } = await clients.create(newClient());
    expect(isId('client', id)).toBe(true);
    expect(isId('user', id)).toBe(false);
  });

  it('finds, changes and removes nothing by an unknown id', async () => {
    for (const id of NOBODY) {
      expect(await clients.findById(id)).toBeUndefined();
      expect(await clients.findCredentials(id)).toBeUndefined();
      expect(await clients.change(id, { name: 'x' })).toBeUndefined();
      expect(await clients.rotateSecret(id, randomTokenHash())).toBeUndefined();
      expect(await clients.remove(id)).toBe('not_found');
    }
  });

  it('changes what is named and nothing else', async () => {
    const created = await clients.create(newClient());
    expect(await clients.change(created.id, {})).toEqual(created);
    const changed: Client = { ...created, name: 'hourly', roles: [], scopes: ['a', 'b'] };
    expect(await clients.change(created.id, { name: 'hourly', roles: [], scopes: ['a', 'b'] })).toEqual(
      changed,
    );
    expect(await clients.findById(created.id)).toEqual(changed);
  });

  it('keeps the time of the first disabling until the client is enabled', async () => {
    const { id } = await clients.create(newClient());
    const first = (await clients.change(id, { disabled: true }))?.disabledAt;
    expect(first).toBeInstanceOf(Date);
    expect((await clients.change(id, { disabled: true, name: 'x' }))?.disabledAt).toEqual(first);
    expect((await clients.findCredentials(id))?.client.disabledAt).toEqual(first);
    expect((await clients.change(id, { disabled: false }))?.disabledAt).toBeUndefined();
  });

  it('puts a new secret in the place of the old, where there is one', async () => {
    const { id } = await clients.create(newClient());
    const hash = randomTokenHash();
    expect((await clients.rotateSecret(id, hash))?.id).toBe(id);
    expect((await clients.findCredentials(id))?.secretHash?.toHex()).toBe(hash.toHex());
    const keyed = await clients.create(newKeyClient());
    expect(await clients.rotateSecret(keyed.id, hash)).toBeUndefined();
    expect((await clients.findCredentials(keyed.id))?.secretHash).toBeUndefined();
  });

  it('tells when what a client has was last revoked, with what it is authenticated by', async () => {
    const revokedAt = async (of: string) => (await clients.findCredentials(of))?.client.revokedAt;
    const { id, createdAt } = await clients.create(newClient());
    expect(await revokedAt(id)).toBeUndefined();
    await clients.change(id, { name: 'another', scopes: ['patients:read', 'alerts:read'] });
    expect(await revokedAt(id)).toBeUndefined();
    await clients.rotateSecret(id, randomTokenHash());
    const first = await revokedAt(id);
    expect(first?.getTime()).toBeGreaterThanOrEqual(createdAt.getTime());
    await advanceSeconds(1);
    await clients.change(id, { scopes: [] });
    expect((await revokedAt(id))?.getTime()).toBeGreaterThan(first?.getTime() ?? 0);
    for (const nobody of NOBODY) expect(await revokedAt(nobody)).toBeUndefined();
  });

  it('never holds a secret and keys at once', async () => {
    const { id } = await clients.create(newClient());
    await expect(clients.change(id, { keys: KEYS })).rejects.toThrow();
  });

  it('notes a use at most once a minute', async () => {
    const { id } = await clients.create(newClient());
    const noted = async () => {
      await clients.noteUse(id);
      return (await clients.findById(id))?.lastUsedAt;
    };
    const first = await noted();
    expect(first).toBeInstanceOf(Date);
    expect(await noted()).toEqual(first);
    await advanceSeconds(61);
    const before = (await clients.findById(id))?.lastUsedAt?.getTime() ?? Number.NaN;
    expect((await noted())?.getTime()).toBeGreaterThan(before);
  });

  it('removes a client once, with the assertions that it used', async () => {
    const { id } = await clients.create(newKeyClient());
    const assertion = { clientId: id, jtiHash: randomTokenHash(), expiresAt: new Date(Date.now() + 60_000) };
    expect(await clients.useAssertion(assertion)).toBe('used');
    expect(await clients.remove(id)).toBe('removed');
    expect(await clients.remove(id)).toBe('not_found');
    expect(await clients.findById(id)).toBeUndefined();
    expect(await clients.useAssertion({ ...assertion, jtiHash: randomTokenHash() })).toBe('spent');
  });

  it('uses an assertion up once, of twenty at the same time', async () => {
    const { id } = await clients.create(newKeyClient());
    const other = await clients.create(newKeyClient());
    const assertion = { clientId: id, jtiHash: randomTokenHash(), expiresAt: new Date(Date.now() + 60_000) };
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => clients.useAssertion(assertion)));
    expect(outcomes.filter((outcome) => outcome === 'used')).toHaveLength(1);
    expect(await clients.useAssertion({ ...assertion, clientId: other.id })).toBe('used');
    expect(await clients.useAssertion({ ...assertion, jtiHash: randomTokenHash() })).toBe('used');
  });

  it.each([1, 2, 3, 100])('pages through all once, %i at a time', (limit) => pageThrough(clients, limit));
});

async function pageThrough(clients: StoresUnderTest['clients'], limit: number): Promise<void> {
  const whole = await clients.list({ after: undefined, limit: 100 });
  expect(whole.clients.length).toBeGreaterThanOrEqual(4);
  const seen: string[] = [];
  let after: MachineCursor | undefined;
  do {
    const page = await clients.list({ after, limit });
    expect(page.clients.length).toBeLessThanOrEqual(limit);
    seen.push(...page.clients.map(({ id }) => id));
    after = page.next;
  } while (after !== undefined);
  expect(seen).toEqual(whole.clients.map(({ id }) => id));
}
