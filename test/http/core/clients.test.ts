import { describe, expect, it } from 'vitest';
import { createId } from '../../../src/identity/ids.ts';
import { UnavailableError } from '../../../src/lib/unavailable-error.ts';
import { startCoreApp } from '../../support/core/core-app.ts';
import { basic, sendForm } from '../../support/oauth/client-requests.ts';
import { testKey } from '../../support/tokens/tokens.ts';

const PATH = '/v1/clients';
const WANTED = { name: 'nightly export', roles: ['exporter'], scopes: ['patients:read'] };

async function start() {
  const under = await startCoreApp();
  const { accessToken: token } = await under.logIn('admin');
  const admin = (method: string, path: string, body?: object) =>
    under.send(method, path, { token, ...(body && { body }) });
  const create = async (body: object = WANTED) => (await admin('POST', PATH, body)).json();
  const tokenStatus = async (id: string, secret: string) =>
    (await sendForm(under, { grant_type: 'client_credentials' }, basic(id, secret))).status;
  return { ...under, token, admin, create, tokenStatus };
}

async function keyed() {
  const { publicJwk } = await testKey('EdDSA');
  return { name: 'lab', authenticationMethod: 'private_key_jwt', jwks: { keys: [publicJwk] } };
}

describe('POST /v1/clients', () => {
  it('shows the secret once, keeps only its hash, and records who made the client', async () => {
    const { admin, stores, recorded, logged, tokenStatus } = await start();
    const response = await admin('POST', PATH, WANTED);
    expect(response.status).toBe(201);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { client, secret } = await response.json();
    expect(client).toEqual({
      ...WANTED,
      audiences: [],
      id: expect.stringMatching(/^cli_[0-9a-f]{32}$/),
      authenticationMethod: 'client_secret_basic',
      disabled: false,
      createdAt: '2026-01-15T12:00:00.000Z',
    });
    expect(secret).toMatch(/^wgs_[0-9A-Za-z]{49}$/);
    const { id } = (await stores.users.findByLogin('admin')) ?? {};
    expect(recorded.at(-1)).toEqual({
      type: 'client.created',
      outcome: 'success',
      actor: { kind: 'user', id },
      sessionId: expect.stringMatching(/^ses_/),
      target: { kind: 'client', id: client.id },
      request: { requestId: 'req-1', clientAddress: '192.0.2.7' },
      details: {
        roles: ['exporter'],
        scopes: ['patients:read'],
        audiences: [],
        method: 'client_secret_basic',
      },
    });
    const seen = await (await admin('GET', `${PATH}/${client.id}`)).text();
    expect(seen + logged.join() + JSON.stringify(recorded)).not.toContain(secret.slice(4));
    expect(await tokenStatus(client.id, secret)).toBe(200);
  });

  it('registers a client with public keys, which has no secret', async () => {
    const { create, admin } = await start();
    const wanted = await keyed();
    const created = await create(wanted);
    expect(created).not.toHaveProperty('secret');
    expect(created.client).toMatchObject({ ...wanted, roles: [], scopes: [] });
    expect((await (await admin('GET', PATH)).json()).clients).toEqual([created.client]);
  });

  it('tells what the client is called and whom it may call, and records both', async () => {
    const { create, admin, recorded } = await start();
    const { client } = await create({ name: 'patients', audience: 'patients', audiences: ['b', 'a', 'b'] });
    expect(client).toMatchObject({ audience: 'patients', audiences: ['a', 'b'] });
    expect(recorded.at(-1)).toMatchObject({ details: { audience: 'patients', audiences: ['a', 'b'] } });
    expect(await (await admin('GET', `${PATH}/${client.id}`)).json()).toEqual({ client });
  });

  it('registers no client with the role admin, and records the attempt', async () => {
    const { admin, recorded } = await start();
    expect((await admin('POST', PATH, { ...WANTED, roles: ['admin'] })).status).toBe(400);
    expect(recorded.at(-1)).toMatchObject({ type: 'client.created', reason: 'role_not_allowed' });
    expect(await (await admin('GET', PATH)).json()).toEqual({ clients: [] });
  });

  it.each([
    ['no name', { roles: [] }],
    ['an empty name', { name: '' }],
    ['two roles in one', { name: 'x', roles: ['a,b'] }],
    ['two scopes in one', { name: 'x', scopes: ['a b'] }],
    ['an audience with a space', { name: 'x', audience: 'a b' }],
    ['an empty audience', { name: 'x', audience: '' }],
    ['two audiences in one', { name: 'x', audiences: ['a b'] }],
    ['an audience that is too long', { name: 'x', audiences: ['a'.repeat(257)] }],
    ['an unknown method', { name: 'x', authenticationMethod: 'none' }],
    ['a secret of its own', { name: 'x', secret: 'wgs_x' }],
    ['keys beside a secret', { name: 'x', jwks: { keys: [] } }],
    ['keys that are missing', { name: 'x', authenticationMethod: 'private_key_jwt' }],
  ])('refuses %s', async (_what, body) => {
    const { admin } = await start();
    expect((await admin('POST', PATH, body)).status).toBe(400);
  });

  it('refuses keys that are private, weak, broken, of another kind, or of one name', async () => {
    const { admin } = await start();
    const [{ publicJwk: okp }, { publicJwk: rsa }, { publicJwk: ec }] = await Promise.all([
      testKey('EdDSA'),
      testKey('RS256'),
      testKey('ES256'),
    ]);
    for (const keys of [
      [],
      [{ ...okp, d: okp.x }],
      [{ kty: 'oct', k: 'eA' }],
      [{ ...okp, x: 'eA' }],
      [{ ...ec, y: ec.x }],
      [{ ...ec, alg: 'RS256' }],
      [{ ...ec, use: 'enc' }],
      [{ ...rsa, e: 'AQ' }],
      [{ ...rsa, n: rsa.n?.slice(0, 128) }],
      [okp, { ...ec, kid: okp.kid }],
      [okp, { ...ec, kid: undefined }],
      Array.from({ length: 11 }, (_, index) => ({ ...okp, kid: `${index}` })),
    ])
      expect(
        (await admin('POST', PATH, { ...(await keyed()), jwks: { keys } })).status,
        JSON.stringify(keys),
      ).toBe(400);
  });
});

describe('GET /v1/clients', () => {
  it('lists page by page', async () => {
    const { admin, create } = await start();
    const names = ['a', 'b', 'c'];
    for (const name of names) await create({ name });
    const first = await (await admin('GET', `${PATH}?limit=2`)).json();
    const second = await (await admin('GET', `${PATH}?limit=2&cursor=${first.nextCursor}`)).json();
    const seen = [...first.clients, ...second.clients] as { name: string }[];
    expect(seen.map(({ name }) => name).sort()).toEqual(names);
    expect(second).not.toHaveProperty('nextCursor');
  });

  it.each(['?limit=0', '?limit=101', '?cursor=x', `?cursor=1.${createId('api_key')}`])(
    'refuses %s',
    async (query) => {
      const { admin } = await start();
      expect((await admin('GET', PATH + query)).status).toBe(400);
    },
  );
});

describe('PATCH /v1/clients/{id}', () => {
  it('changes what is named, and records which members', async () => {
    const { admin, create, recorded } = await start();
    const { client } = await create();
    const change = { name: 'hourly', scopes: ['b', 'a', 'b'] };
    const response = await admin('PATCH', `${PATH}/${client.id}`, change);
    expect(await response.json()).toEqual({ client: { ...client, name: 'hourly', scopes: ['a', 'b'] } });
    expect(recorded.at(-1)).toMatchObject({
      type: 'client.updated',
      target: { id: client.id },
      details: { changed: ['name', 'scopes'], scopes: ['a', 'b'] },
    });
  });

  it('changes and empties what the client is called and whom it may call', async () => {
    const { admin, create, recorded } = await start();
    const { client } = await create({ ...WANTED, audience: 'patients', audiences: ['alerts'] });
    const changed = await admin('PATCH', `${PATH}/${client.id}`, { audience: 'x', audiences: ['b', 'a'] });
    expect(await changed.json()).toEqual({ client: { ...client, audience: 'x', audiences: ['a', 'b'] } });
    const emptied = await admin('PATCH', `${PATH}/${client.id}`, { audience: null, audiences: [] });
    const { audience: _, ...rest } = client;
    expect(await emptied.json()).toEqual({ client: { ...rest, audiences: [] } });
    expect(recorded.at(-1)?.details).toEqual({
      changed: ['audience', 'audiences'],
      audience: '',
      audiences: [],
    });
  });

  it('keeps a disabled client from tokens and off live routes, until it is enabled', async () => {
    const { admin, create, core, tokenStatus, recorded } = await start();
    const { client, secret } = await create();
    expect(await core.activeMachines.findById(client.id)).toMatchObject({ id: client.id });
    const disabled = await admin('PATCH', `${PATH}/${client.id}`, { disabled: true });
    expect((await disabled.json()).client.disabled).toBe(true);
    expect(recorded.at(-1)).toMatchObject({ details: { changed: ['disabled'], disabled: true } });
    expect(await tokenStatus(client.id, secret)).toBe(401);
    expect(await core.activeMachines.findById(client.id)).toBeUndefined();
    await admin('PATCH', `${PATH}/${client.id}`, { disabled: false });
    expect(await tokenStatus(client.id, secret)).toBe(200);
  });

  it('puts other keys in the place of those of a client with keys, and of no other', async () => {
    const { admin, create, recorded } = await start();
    const { client } = await create(await keyed());
    const { publicJwk } = await testKey('ES256');
    const jwks = { keys: [publicJwk] };
    const changed = await admin('PATCH', `${PATH}/${client.id}`, { jwks });
    expect((await changed.json()).client.jwks).toEqual(jwks);
    const broken = await admin('PATCH', `${PATH}/${client.id}`, {
      jwks: { keys: [{ ...publicJwk, x: 'eA' }] },
    });
    expect(broken.status).toBe(400);
    const { client: other } = await create();
    expect((await admin('PATCH', `${PATH}/${other.id}`, { jwks })).status).toBe(409);
    expect(recorded.at(-1)).toMatchObject({ outcome: 'refused', reason: 'method_mismatch' });
  });

  it.each([
    {},
    { authenticationMethod: 'client_secret_post' },
    { roles: ['admin'] },
    { name: '' },
    { id: 'cli_x' },
  ])('refuses %j', async (change) => {
    const { admin, create } = await start();
    const { client } = await create();
    expect((await admin('PATCH', `${PATH}/${client.id}`, change)).status).toBe(400);
  });
});

describe('POST /v1/clients/{id}/secret', () => {
  it('shows a new secret once; the old one is dead at once', async () => {
    const { admin, create, tokenStatus, recorded } = await start();
    const { client, secret: old } = await create();
    const response = await admin('POST', `${PATH}/${client.id}/secret`);
    expect(response.status).toBe(200);
    const { secret } = await response.json();
    expect(recorded.at(-1)).toMatchObject({ type: 'client.secret_rotated', target: { id: client.id } });
    expect(await tokenStatus(client.id, old)).toBe(401);
    expect(await tokenStatus(client.id, secret)).toBe(200);
  });

  it('is not for a client with keys', async () => {
    const { admin, create } = await start();
    const { client } = await create(await keyed());
    const response = await admin('POST', `${PATH}/${client.id}/secret`);
    expect(response.status).toBe(409);
    expect((await response.json()).code).toBe('method_mismatch');
  });
});

describe('DELETE /v1/clients/{id}', () => {
  it('deletes once, and the client gets no token and passes no live route', async () => {
    const { admin, create, core, tokenStatus, recorded } = await start();
    const { client, secret } = await create();
    expect((await admin('DELETE', `${PATH}/${client.id}`)).status).toBe(204);
    expect(recorded.at(-1)).toMatchObject({ type: 'client.deleted', target: { id: client.id } });
    expect((await admin('DELETE', `${PATH}/${client.id}`)).status).toBe(404);
    expect(await tokenStatus(client.id, secret)).toBe(401);
    expect(await core.activeMachines.findById(client.id)).toBeUndefined();
  });
});

const ONE = `${PATH}/${createId('client')}`;

describe.each([
  ['POST', PATH, WANTED],
  ['GET', PATH],
  ['GET', ONE],
  ['PATCH', ONE, { name: 'x' }],
  ['POST', `${ONE}/secret`],
  ['DELETE', ONE],
])('%s %s', (method, path, body?: object) => {
  const rest = body === undefined ? {} : { body };

  it('is for administrators alone, and never for a client', async () => {
    const under = await start();
    const { send, logIn, create } = under;
    expect((await send(method, path, rest)).status).toBe(401);
    const { accessToken: token } = await logIn('doctor');
    expect((await send(method, path, { ...rest, token })).status).toBe(403);
    const { client, secret } = await create();
    const form = await sendForm(under, { grant_type: 'client_credentials' }, basic(client.id, secret));
    const { access_token } = await form.json();
    expect((await send(method, path, { ...rest, token: access_token })).status).toBe(401);
  });

  it('says that it cannot tell while the store is down', async () => {
    const { admin, stores } = await start();
    const fail = async () => {
      throw new UnavailableError('database', 'gone');
    };
    const { clients } = stores;
    for (const act of Object.keys(clients)) Object.assign(clients, { [act]: fail });
    expect((await admin(method, path, body)).status).toBe(503);
  });

  it('finds no unknown client, and takes no body that is too large or no JSON', async () => {
    const { admin, send, token } = await start();
    if (path !== PATH) {
      expect((await admin(method, path, body)).status).toBe(404);
      expect((await admin(method, path.replace('cli_', 'usr_'), body)).status).toBe(404);
    }
    if (body === undefined) return;
    expect((await admin(method, path, { name: 'x'.repeat(20_000) })).status).toBe(413);
    const headers = { 'content-type': 'text/plain' };
    expect((await send(method, path, { token, body: 'x', headers })).status).toBe(415);
  });
});
