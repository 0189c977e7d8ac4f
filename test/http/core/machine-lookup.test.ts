import { describe, expect, it } from 'vitest';
import { createCores } from '../../../src/adapters/http/cores.ts';
import { createHttpMachineLookup } from '../../../src/adapters/http/machine-lookup-http.ts';
import { createApiKey } from '../../../src/identity/api-key.ts';
import { createId } from '../../../src/identity/ids.ts';
import { UnavailableError } from '../../../src/lib/unavailable-error.ts';
import { INTERNAL_CLIENT, startCoreApp } from '../../support/core/core-app.ts';
import { addSecretClient, basic } from '../../support/oauth/client-requests.ts';

const LOOKUP = '/internal/machines/lookup';
const headers = basic(INTERNAL_CLIENT.id, INTERNAL_CLIENT.secret);
const CORES = createCores(['https://core.test'], INTERNAL_CLIENT);
const WANTED = { name: 'export', roles: ['exporter'], scopes: ['patients:read'] };

async function start(wanted: object = WANTED) {
  const under = await startCoreApp();
  const { accessToken: token } = await under.logIn('admin');
  const issued = await (await under.send('POST', '/v1/api-keys', { token, body: wanted })).json();
  const facts = { requestId: 'req-1', clientAddress: undefined };
  const lookup = createHttpMachineLookup(CORES, {
    fetch: async (url, init) => under.app.fetch(new Request(url, init), facts),
  });
  return { ...under, token, lookup, key: issued.key as string, id: issued.apiKey.id as string };
}

describe('POST /internal/machines/lookup', () => {
  it('tells a gateway about a key, by the key and by its id, until it is revoked', async () => {
    const { send, token, lookup, key, id } = await start({ ...WANTED, expiresInSeconds: 3600 });
    const { name: _, ...granted } = WANTED;
    expect(await lookup.findApiKey(key)).toEqual({
      id,
      ...granted,
      expiresAt: Date.UTC(2026, 0, 15, 13) / 1000,
    });
    expect(await lookup.isActive(id)).toBe(true);
    await send('DELETE', `/v1/api-keys/${id}`, { token });
    expect(await lookup.findApiKey(key)).toBeUndefined();
    expect(await lookup.isActive(id)).toBe(false);
  });

  it('tells a gateway about a client by its id, until it is disabled', async () => {
    const under = await start();
    const { lookup, stores, send } = under;
    const { id } = await addSecretClient(under);
    expect(await lookup.isActive(id)).toBe(true);
    const told = await (await send('POST', LOOKUP, { headers, body: { id } })).json();
    expect(told).toEqual({ active: true, id, roles: ['exporter'], scopes: ['alerts:read', 'patients:read'] });
    await stores.clients.change(id, { disabled: true });
    expect(await lookup.isActive(id)).toBe(false);
    await stores.clients.remove(id);
    expect(await lookup.isActive(id)).toBe(false);
  });

  it('tells that a client is not active for a token of it that was revoked alone', async () => {
    const under = await start();
    const { id } = await addSecretClient(under);
    const [revoked, other] = [createId('token'), createId('token')];
    await under.stores.revocationLog.revokeToken(revoked);
    expect(await under.lookup.isActive(id, revoked)).toBe(false);
    expect(await under.lookup.isActive(id, other)).toBe(true);
  });

  it('tells of a key without an end', async () => {
    const { lookup, key } = await start();
    expect(await lookup.findApiKey(key)).toMatchObject({ expiresAt: undefined });
  });

  it('answers exactly {"active":false} for whatever is no key in force', async () => {
    const { send, key } = await start();
    for (const body of [
      { api_key: createApiKey() },
      { api_key: `${key}x` },
      { id: createId('api_key') },
      { id: createId('user') },
      { id: 'x\u0000' },
    ])
      expect(await (await send('POST', LOOKUP, { headers, body })).text()).toBe('{"active":false}');
  });

  it('refuses strangers, and what is no question', async () => {
    const { send, key } = await start();
    const body = { api_key: key };
    expect((await send('POST', LOOKUP, { body })).status).toBe(401);
    expect((await send('POST', LOOKUP, { body, headers: basic('edge', 'wrong') })).status).toBe(401);
    const tokenId = createId('token');
    for (const wrong of [
      {},
      { id: '' },
      { api_key: key, id: 'x' },
      { api_key: key, token_id: tokenId },
      { id: 'x', token_id: 'y' },
    ])
      expect((await send('POST', LOOKUP, { headers, body: wrong })).status).toBe(400);
    const large = { api_key: 'x'.repeat(20_000) };
    expect((await send('POST', LOOKUP, { headers, body: large })).status).toBe(413);
    const text = { ...headers, 'content-type': 'text/plain' };
    expect((await send('POST', LOOKUP, { headers: text, body: 'x' })).status).toBe(415);
  });

  it('makes the gateway say that it cannot tell while the store is down', async () => {
    const { send, stores, lookup, key } = await start();
    Object.assign(stores.apiKeys, {
      findActiveByHash: async () => {
        throw new UnavailableError('database', 'gone');
      },
    });
    expect((await send('POST', LOOKUP, { headers, body: { api_key: key } })).status).toBe(503);
    await expect(lookup.findApiKey(key)).rejects.toBeInstanceOf(UnavailableError);
  });

  it.each([{ active: true }, { active: true, id: 'x', roles: [1], scopes: [] }, [], 'x'])(
    'is believed by a gateway only where it is well-formed: %j',
    async (answer) => {
      const lookup = createHttpMachineLookup(CORES, { fetch: async () => Response.json(answer) });
      await expect(lookup.isActive('x')).rejects.toBeInstanceOf(UnavailableError);
    },
  );
});
