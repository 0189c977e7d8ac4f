import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_PASSWORD } from '../../src/entry/demo/demo-users.ts';
import { createId } from '../../src/identity/ids.ts';
import { type AttackedWardgate, startAttackedWardgate } from '../support/attack/attacked-wardgate.ts';
import { seenIdentity } from '../support/attack/identity-fields.ts';
import { basic } from '../support/oauth/client-requests.ts';

let wardgate: AttackedWardgate;
let client: { readonly id: string; readonly secret: string };
let apiKey: { readonly id: string; readonly key: string };

beforeAll(async () => {
  wardgate = await startAttackedWardgate([], 'bearer, session_cookie, access_token_cookie, api_key');
  const doctor = { name: 'a program', roles: ['doctor'], scopes: ['alerts:read'] };
  const created = JSON.parse((await administer('POST /v1/clients', doctor)).body);
  client = { id: created.client.id, secret: created.secret };
  const issued = JSON.parse((await administer('POST /v1/api-keys', doctor)).body);
  apiKey = { id: issued.apiKey.id, key: issued.key };
});
afterAll(() => wardgate.stop());

async function administer(line: string, body: object) {
  const text = JSON.stringify(body);
  const headers = [
    'Content-Type: application/json',
    `Content-Length: ${text.length}`,
    wardgate.bearer('admin'),
  ];
  return (await wardgate.send(line, headers, { body: text })).response;
}

async function askToken(form: Record<string, string>, ...headers: string[]) {
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...form }).toString();
  const type = 'Content-Type: application/x-www-form-urlencoded';
  const lines = [type, `Content-Length: ${body.length}`, ...headers];
  return (await wardgate.send('POST /oauth/token', lines, { body })).response;
}

const basicLine = (id: string, secret: string) => `Authorization: ${basic(id, secret).authorization}`;

async function clientToken(): Promise<string> {
  const response = await askToken({}, basicLine(client.id, client.secret));
  return JSON.parse(response.body).access_token;
}

async function statusOf(line: string, ...headers: string[]): Promise<number> {
  return (await wardgate.send(line, headers)).response.status;
}

describe('the one credential of a program', () => {
  it('attack 38: is judged alone, and never the stronger of it and a cookie', async () => {
    const adminCookie = wardgate.cookie('admin');
    for (const own of [`Authorization: Bearer ${await clientToken()}`, `X-API-Key: ${apiKey.key}`]) {
      expect(await statusOf('GET /secret', own, adminCookie)).toBe(403);
      expect(await statusOf('GET /secret', adminCookie, own)).toBe(403);
      expect(seenIdentity(await wardgate.reach('GET /doctors/x', [adminCookie, own]))['x-user-roles']).toBe(
        'doctor',
      );
    }
    for (const bad of [`X-API-Key: ${apiKey.key}x`, 'X-API-Key:', `X-API-Key: ${client.secret}`])
      expect(await statusOf('GET /secret', bad, adminCookie), bad).toBe(401);
  });

  it('attack 38: beside another in a header is refused, whoever is the stronger', async () => {
    const own = `X-API-Key: ${apiKey.key}`;
    for (const other of [wardgate.bearer('admin'), `Authorization: Bearer ${await clientToken()}`, own])
      expect(await statusOf('GET /doctors/x', own, other)).toBe(400);
  });

  it('attack 38: as id and secret is none on a route, also beside a good cookie', async () => {
    const own = basicLine(client.id, client.secret);
    expect(await statusOf('GET /doctors/x', own)).toBe(401);
    expect(await statusOf('GET /secret', own, wardgate.cookie('admin'))).toBe(401);
  });

  it('attack 38: at the token endpoint is one alone, and a cookie there is none', async () => {
    const { id, secret } = client;
    expect((await askToken({ client_id: id, client_secret: secret }, basicLine(id, secret))).status).toBe(
      400,
    );
    expect((await askToken({}, basicLine(id, secret), basicLine(id, secret))).status).toBe(400);
    expect((await askToken({}, wardgate.cookie('admin'))).status).toBe(401);
  });
});

describe('the subject of a program', () => {
  it('attack 39: is an id of its own kind, without the name and the session of anybody', async () => {
    const credentials = [
      [`Authorization: Bearer ${await clientToken()}`, client.id, /^cli_[0-9a-f]{32}$/],
      [`X-API-Key: ${apiKey.key}`, apiKey.id, /^apk_[0-9a-f]{32}$/],
    ] as const;
    for (const [line, id, shape] of credentials) {
      const seen = seenIdentity(await wardgate.reach('GET /live/x', [line]));
      expect(seen).toMatchObject({ 'x-user-id': id, 'x-consumer-username': '', 'x-session-id': '' });
      expect(id).toMatch(shape);
    }
  });

  it('attack 39: is nobody’s to choose, neither for a program nor as the name of a user', async () => {
    const id = createId('user');
    for (const path of ['POST /v1/clients', 'POST /v1/api-keys'])
      expect((await administer(path, { name: 'x', id })).status).toBe(400);
    const user = { email: 'x@clinic.test', password: DEMO_PASSWORD, roles: [] };
    for (const username of [client.id, apiKey.id, 'cli_x'])
      expect((await administer('POST /v1/users', { ...user, username })).status).toBe(400);
  });

  it('attack 39: opens no account and no administration', async () => {
    const token = `Authorization: Bearer ${await clientToken()}`;
    for (const path of ['/v1/auth/me', '/v1/auth/sessions', '/v1/users', '/v1/clients'])
      for (const own of [token, `X-API-Key: ${apiKey.key}`])
        expect(await statusOf(`GET ${path}`, own)).toBe(401);
  });
});

describe('what proves no client', () => {
  it('attack 55: neither a client without a secret, nor a token, a key or a user’s password', async () => {
    const { id } = client;
    const token = await clientToken();
    const adminToken = wardgate.bearer('admin').split(' ').at(-1) ?? '';
    const answers = await Promise.all([
      askToken({ client_id: id }),
      askToken({ client_id: id, client_secret: '' }),
      askToken({}, basicLine(id, '')),
      askToken({}, `Authorization: Bearer ${token}`),
      askToken({ client_id: id }, `Authorization: Bearer ${token}`),
      askToken({ client_id: id, client_secret: token }),
      askToken({}, basicLine(id, token)),
      askToken({}, basicLine(id, apiKey.key)),
      askToken({}, basicLine(apiKey.id, apiKey.key)),
      askToken({}, basicLine('admin@demo.test', DEMO_PASSWORD)),
      askToken({}, wardgate.bearer('admin')),
      askToken({
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: adminToken,
      }),
      askToken({
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: token,
      }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 401));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
  });

  it('attack 55: a client that was disabled, whose token no live route takes from then on', async () => {
    const token = `Authorization: Bearer ${await clientToken()}`;
    expect(await statusOf('GET /live/x', token)).toBe(200);
    await administer(`PATCH /v1/clients/${client.id}`, { disabled: true });
    expect(await statusOf('GET /live/x', token)).toBe(401);
    expect((await askToken({}, basicLine(client.id, client.secret))).status).toBe(401);
    await administer(`PATCH /v1/clients/${client.id}`, { disabled: false });
    expect(await statusOf('GET /live/x', token)).toBe(401);
    expect(await statusOf('GET /live/x', `Authorization: Bearer ${await clientToken()}`)).toBe(200);
  });
});
