import { describe, expect, it } from 'vitest';
import { createId } from '../../../src/identity/ids.ts';
import { UnavailableError } from '../../../src/lib/unavailable-error.ts';
import { type CoreUnderTest, startCoreApp } from '../../support/core/core-app.ts';

const PATH = '/v1/api-keys';
const WANTED = { name: 'nightly export', roles: ['exporter'], scopes: ['patients:read'] };

async function start() {
  const under = await startCoreApp();
  const { accessToken: token } = await under.logIn('admin');
  const issue = async (body: object = WANTED) => (await under.send('POST', PATH, { token, body })).json();
  return { ...under, token, issue };
}

function breakStore({ stores }: CoreUnderTest): void {
  const fail = async () => {
    throw new UnavailableError('database', 'gone');
  };
  Object.assign(stores.apiKeys, { create: fail, list: fail, revoke: fail });
}

describe('POST /v1/api-keys', () => {
  it('shows the key once, keeps only its hash, and records who made it', async () => {
    const { send, token, stores, recorded, logged, core } = await start();
    const response = await send('POST', PATH, { token, body: { ...WANTED, expiresInSeconds: 3600 } });
    expect(response.status).toBe(201);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { key, apiKey } = await response.json();
    const admin = await stores.users.findByLogin('admin');
    expect(apiKey).toEqual({
      ...WANTED,
      id: expect.stringMatching(/^apk_/),
      hint: key.slice(0, 8),
      createdBy: admin?.id,
      createdAt: '2026-01-15T12:00:00.000Z',
      expiresAt: '2026-01-15T13:00:00.000Z',
    });
    expect(recorded.at(-1)).toMatchObject({
      type: 'api_key.created',
      outcome: 'success',
      actor: { kind: 'user', id: admin?.id },
      target: { kind: 'api_key', id: apiKey.id },
      request: { requestId: 'req-1', clientAddress: '192.0.2.7' },
    });
    const listed = await (await send('GET', PATH, { token })).text();
    expect(listed + logged.join() + JSON.stringify(recorded)).not.toContain(key.slice(8));
    expect(await core.activeMachines.findByKey(key)).toMatchObject({ id: apiKey.id, roles: ['exporter'] });
  });

  it('issues no key with the role admin, and records the attempt', async () => {
    const { send, token, recorded } = await start();
    const body = { ...WANTED, roles: ['exporter', 'admin'] };
    expect((await send('POST', PATH, { token, body })).status).toBe(400);
    expect(recorded.at(-1)).toMatchObject({ type: 'api_key.created', outcome: 'refused' });
    expect(await (await send('GET', PATH, { token })).json()).toEqual({ apiKeys: [] });
  });

  it.each([
    ['no name', { roles: [] }],
    ['an empty name', { name: '' }],
    ['a control character in the name', { name: 'a\u0000' }],
    ['two roles in one', { name: 'x', roles: ['a,b'] }],
    ['two scopes in one', { name: 'x', scopes: ['a b'] }],
    ['a lifetime of no time', { name: 'x', expiresInSeconds: 0 }],
    ['a member that nobody knows', { name: 'x', admin: true }],
  ])('refuses %s', async (_what, body) => {
    const { send, token } = await start();
    expect((await send('POST', PATH, { token, body })).status).toBe(400);
  });

  it('refuses a body that is too large or no JSON', async () => {
    const { send, token } = await start();
    const body = { name: 'x'.repeat(20_000) };
    expect((await send('POST', PATH, { token, body })).status).toBe(413);
    const headers = { 'content-type': 'text/plain' };
    expect((await send('POST', PATH, { token, body: 'x', headers })).status).toBe(415);
  });
});

describe('GET /v1/api-keys', () => {
  it('lists page by page, also what is revoked', async () => {
    const { send, token, issue } = await start();
    const names = ['a', 'b', 'c'];
    for (const name of names) await issue({ name });
    const seen: { id: string; name: string }[] = [];
    let query = '?limit=2';
    do {
      const { apiKeys, nextCursor } = await (await send('GET', PATH + query, { token })).json();
      seen.push(...apiKeys);
      query = nextCursor === undefined ? '' : `?limit=2&cursor=${nextCursor}`;
    } while (query !== '');
    expect(seen.map(({ name }) => name).sort()).toEqual(names);
  });

  it.each(['?limit=0', '?limit=101', '?cursor=x', `?cursor=99999999999999.${createId('api_key')}`])(
    'refuses %s',
    async (query) => {
      const { send, token } = await start();
      expect((await send('GET', PATH + query, { token })).status).toBe(400);
    },
  );
});

describe('DELETE /v1/api-keys/{id}', () => {
  it('revokes once; what is unknown or revoked is not there', async () => {
    const { send, token, issue, recorded, core } = await start();
    const { key, apiKey } = await issue();
    expect((await send('DELETE', `${PATH}/${apiKey.id}`, { token })).status).toBe(204);
    expect(recorded.at(-1)).toMatchObject({ type: 'api_key.revoked', target: { id: apiKey.id } });
    expect(await core.activeMachines.findByKey(key)).toBeUndefined();
    expect(await core.activeMachines.findById(apiKey.id)).toBeUndefined();
    for (const id of [apiKey.id, createId('api_key'), 'x'])
      expect((await send('DELETE', `${PATH}/${id}`, { token })).status).toBe(404);
  });
});

describe.each([
  ['POST', PATH],
  ['GET', PATH],
  ['DELETE', `${PATH}/${createId('api_key')}`],
])('%s %s', (method, path) => {
  const body = method === 'POST' ? { body: WANTED } : {};

  it('is for administrators alone', async () => {
    const { send, logIn } = await start();
    expect((await send(method, path, body)).status).toBe(401);
    const { accessToken: token } = await logIn('doctor');
    expect((await send(method, path, { ...body, token })).status).toBe(403);
  });

  it('says that it cannot tell while the store is down', async () => {
    const under = await start();
    breakStore(under);
    expect((await under.send(method, path, { ...body, token: under.token })).status).toBe(503);
  });
});
