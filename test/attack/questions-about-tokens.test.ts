import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AttackedWardgate, startAttackedWardgate } from '../support/attack/attacked-wardgate.ts';
import { basic } from '../support/oauth/client-requests.ts';
import { rawRequest } from '../support/wire/raw-http.ts';
import { exchangeRaw } from '../support/wire/raw-socket.ts';

const FORM = 'Content-Type: application/x-www-form-urlencoded';
const INACTIVE = '{"active":false}';

let wardgate: AttackedWardgate;
let client: { readonly id: string; readonly secret: string };

beforeAll(async () => {
  wardgate = await startAttackedWardgate();
  client = await addClient(['introspect']);
});
afterAll(() => wardgate.stop());

async function addClient(scopes: readonly string[]) {
  const body = JSON.stringify({ name: 'a service', scopes });
  const headers = [
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    wardgate.bearer('admin'),
  ];
  const created = JSON.parse((await wardgate.send('POST /v1/clients', headers, { body })).response.body);
  return { id: String(created.client.id), secret: String(created.secret) };
}

async function post(path: string, body: string, ...headers: string[]) {
  const lines = [FORM, `Content-Length: ${body.length}`, ...headers];
  return (await wardgate.send(`POST ${path}`, lines, { body })).response;
}

const ask = (body: string, ...headers: string[]) => post('/oauth/introspect', body, ...headers);
const own = () => `Authorization: ${basic(client.id, client.secret).authorization}`;
const tokenOf = (line: string) => line.split(/[ =]/).at(-1) ?? '';

async function clientToken({ id, secret }: typeof client): Promise<string> {
  const line = `Authorization: ${basic(id, secret).authorization}`;
  return JSON.parse((await post('/oauth/token', 'grant_type=client_credentials', line)).body).access_token;
}

describe('attack 53: asking about tokens without the right to', () => {
  it('is answered 401, alike for what is active and what is not', async () => {
    const bodies = [`token=${tokenOf(wardgate.bearer('doctor'))}`, 'token=x'];
    const credentials = [
      [],
      [`Authorization: ${basic(client.id, 'wrong').authorization}`],
      [`Authorization: ${basic('cli_x', client.secret).authorization}`],
      [wardgate.cookie('admin')],
    ];
    for (const credential of credentials) {
      const answers = await Promise.all(bodies.map((body) => ask(body, ...credential)));
      expect(answers.map(({ status }) => status)).toEqual([401, 401]);
      expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    }
  });

  it('is answered 405 by other methods, and 400 for a query, a repeated parameter, two credentials', async () => {
    const token = tokenOf(wardgate.bearer('doctor'));
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const { response } = await wardgate.send(`${method} /oauth/introspect?token=${token}`, [own()]);
      expect(response.status).toBe(405);
      expect(response.headers).toContainEqual(['allow', 'POST']);
    }
    const refused = await Promise.all([
      post(`/oauth/introspect?token=${token}`, '', own()),
      post('/oauth/introspect?x', `token=${token}`, own()),
      ask(`token=${token}&token=${token}`, own()),
      ask(`token=${token}&token_type_hint=a&token_type_hint=a`, own()),
      ask(`token=${token}`, own(), own()),
      ask(`token=${token}&client_id=${client.id}&client_secret=${client.secret}`, own()),
      ask('', own()),
    ]);
    expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 400));
    for (const { body } of refused) expect(JSON.parse(body).error).toBe('invalid_request');
  });

  it('finds a token by a wrong hint all the same, also where the body has no length', async () => {
    const body = `token=${tokenOf(wardgate.bearer('doctor'))}&token_type_hint=refresh_token`;
    const whole = await ask(body, own());
    expect(JSON.parse(whole.body)).toMatchObject({ active: true, username: 'doctor' });
    const chunk = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    const lines = [FORM, 'Transfer-Encoding: chunked', own()];
    const { response } = await wardgate.send('POST /oauth/introspect', lines, { body: chunk });
    expect(response.body).toBe(whole.body);
  });

  it('with more than there is room for is refused, and a token that is too long is no token', async () => {
    expect((await ask(`token=${'x'.repeat(20_000)}`, own())).status).toBe(413);
    expect((await ask(`token=${'.'.repeat(9000)}`, own())).body).toBe(INACTIVE);
  });
});

describe('attack 54: what is not active', () => {
  it('is exactly {"active":false}, also of another audience and of other kinds', async () => {
    const signed = await ask(
      `token=${tokenOf(wardgate.bearer('doctor'))}`,
      own(),
      'Accept: application/token-introspection+jwt',
    );
    const tokens = [
      'x',
      await wardgate.foreignToken({ aud: 'elsewhere' }),
      await wardgate.foreignToken({ exp: 1 }),
      await wardgate.foreignToken({}, { header: { typ: 'JWT' } }).then((token) => `${token}x`),
      signed.body,
    ];
    for (const token of tokens) expect((await ask(`token=${token}`, own())).body).toBe(INACTIVE);
    const good = await ask(`token=${await wardgate.foreignToken({})}`, own());
    expect(JSON.parse(good.body)).toMatchObject({ active: true, roles: ['doctor'] });
  });

  it('is what was ended just now, also where it was asked about just before', async () => {
    for (const transport of ['bearer', 'cookie'] as const) {
      const line = await wardgate.logIn('patient', transport);
      const body = `token=${tokenOf(line)}`;
      expect(JSON.parse((await ask(body, own())).body).active).toBe(true);
      const origin = 'Origin: https://gate.test';
      const ended = await wardgate.send('POST /v1/auth/sessions/current/revoke', [line, origin]);
      expect(ended.response.status).toBe(204);
      expect((await ask(body, own())).body).toBe(INACTIVE);
    }
  });
});

describe('attack 54: what is asked in one piece with its revocation', () => {
  it('is active before it and not behind it, as often as the answers say', async () => {
    const token = await clientToken(client);
    const body = `token=${token}`;
    const lines = [FORM, own(), `Content-Length: ${body.length}`];
    const keep = ['Connection: keep-alive'];
    // So that each question could be answered at once.
    expect((await ask(body, own())).body).toContain('"active":true');
    const pieces = [
      ...Array.from({ length: 3 }, () => rawRequest('POST /oauth/introspect', [...lines, ...keep], body)),
      rawRequest('POST /oauth/revoke', [...lines, ...keep], body),
      ...Array.from({ length: 20 }, () => rawRequest('POST /oauth/introspect', [...lines, ...keep], body)),
      rawRequest('POST /oauth/introspect', lines, body),
    ];
    const said = (await exchangeRaw(wardgate.port, pieces.join(''))).match(/"active":\w+|\r\n\{\}/g);
    expect(said).toEqual([
      ...Array.from({ length: 3 }, () => '"active":true'),
      '\r\n{}',
      ...Array.from({ length: 21 }, () => '"active":false'),
    ]);
  });
});

describe('attack 55: asking with a credential that is none', () => {
  it('a token without the scope is refused, and the token that is asked about never vouches for itself', async () => {
    const token = await clientToken(client);
    const other = await clientToken(await addClient([]));
    const bearer = (text: string) => `Authorization: Bearer ${text}`;
    expect(JSON.parse((await ask(`token=${other}`, bearer(token))).body).active).toBe(true);
    expect((await ask(`token=${token}`, bearer(token))).status).toBe(401);
    expect((await ask(`token=${token}`, bearer(other))).status).toBe(403);
    expect((await ask(`token=${token}`, bearer(`${token.slice(0, -4)}AAAA`))).status).toBe(401);
    expect((await ask(`token=${token}&client_id=${client.id}`)).status).toBe(401);
    const theirs = await wardgate.foreignToken({ scope: 'introspect' });
    expect((await ask(`token=${token}`, bearer(theirs))).status).toBe(401);
  });
});

describe('attack 36: the signed answer about a token', () => {
  it('opens no route, no account and no question', async () => {
    const accept = 'Accept: application/token-introspection+jwt';
    const answer = await ask(`token=${tokenOf(wardgate.bearer('doctor'))}`, own(), accept);
    expect(decodeProtectedHeader(answer.body).typ).toBe('token-introspection+jwt');
    const line = `Authorization: Bearer ${answer.body}`;
    for (const path of ['/doctors/x', '/public/x', '/v1/auth/me'])
      expect((await wardgate.send(`GET ${path}`, [line])).response.status, path).toBe(401);
    expect((await ask('token=x', line)).status).toBe(401);
  });
});

describe('attack 54: what cannot be told', () => {
  it('is answered 503 while the database is away, and never that it is not active', async () => {
    const known = `token=${tokenOf(wardgate.bearer('doctor'))}`;
    const fresh = `token=${tokenOf(await wardgate.logIn('doctor', 'bearer'))}`;
    const asking = `Authorization: Bearer ${await clientToken(client)}`;
    expect(JSON.parse((await ask(known, asking)).body).active).toBe(true);
    const { id, secret } = await addClient([]);
    const unseen = `Authorization: ${basic(id, secret).authorization}`;
    await wardgate.database.cut();
    const answers = await Promise.all([ask(fresh, asking), ask('token=x', unseen)]);
    expect(answers.map(({ status }) => status)).toEqual([503, 503]);
    for (const { body, headers } of answers) {
      expect(JSON.parse(body).error).toBe('temporarily_unavailable');
      expect(headers).toContainEqual(['retry-after', '5']);
    }
    expect(JSON.parse((await ask(known, asking)).body).active).toBe(true);
  });
});
