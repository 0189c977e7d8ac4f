import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnavailableError } from '../../src/lib/unavailable-error.ts';
import { INTERNAL_CLIENT, startCoreApp } from '../support/core/core-app.ts';

const SESSIONS = '/internal/sessions/lookup';
const MACHINES = '/internal/machines/lookup';
const basic = (id: string, secret: string) => ({ authorization: `Basic ${btoa(`${id}:${secret}`)}` });
const headers = basic(INTERNAL_CLIENT.id, INTERNAL_CLIENT.secret);
const NOT_ACTIVE = '{"active":false}';

/** A core with a session and an API key, and what may be asked of them. */
async function start() {
  const core = await startCoreApp();
  const { cookie, sessionId } = await core.logInWithCookie('doctor');
  const { accessToken: admin } = await core.logIn('admin');
  const made = await core.send('POST', '/v1/api-keys', { token: admin, body: { name: 'reader' } });
  const { key, apiKey } = await made.json();
  const token = cookie.split('=')[1] ?? '';
  const good = [
    { path: SESSIONS, name: 'token', value: token },
    { path: SESSIONS, name: 'session_id', value: sessionId },
    { path: MACHINES, name: 'api_key', value: key as string },
    { path: MACHINES, name: 'id', value: apiKey.id as string },
  ] as const;
  const ask = (path: string, body: unknown) => core.send('POST', path, { headers, body });
  return { ...core, good, ask, admin };
}

describe('attack 53: asking what is active without being a gateway', () => {
  it('is answered 401 for a credential that is none, and alike for what is active and what is not', async () => {
    const { send, good, admin } = await start();
    const credentials = [
      {},
      basic(INTERNAL_CLIENT.id, 'wrong'),
      basic('other', INTERNAL_CLIENT.secret),
      { authorization: `Bearer ${admin}` },
      { 'x-api-key': good[2].value },
    ];
    for (const credential of credentials) {
      const told = [];
      for (const { path, name, value } of good)
        for (const asked of [value, `${value.slice(0, -1)}!`]) {
          const response = await send('POST', path, { headers: credential, body: { [name]: asked } });
          const { request_id: _, ...body } = await response.json();
          told.push({ status: response.status, body });
        }
      expect(new Set(told.map((one) => JSON.stringify(one))).size).toBe(1);
      expect(told[0]?.status).toBe(401);
    }
  });

  it('is answered 405 by any other method, and nothing in the query is ever read', async () => {
    const { send, good } = await start();
    for (const { path, name, value } of good) {
      const query = `${path}?${name}=${encodeURIComponent(value)}`;
      for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'])
        expect((await send(method, query, { headers })).status, `${method} ${path}`).toBe(405);
      expect((await send('POST', query, { headers, body: {} })).status).toBe(400);
    }
  });

  it('is answered 400 for two questions at once, and for a body that is no JSON', async () => {
    const { send, good, ask } = await start();
    const [token, sessionId, key, id] = good.map(({ value }) => value);
    expect((await ask(SESSIONS, { token, session_id: sessionId })).status).toBe(400);
    expect((await ask(MACHINES, { api_key: key, id })).status).toBe(400);
    expect((await ask(SESSIONS, [{ token }])).status).toBe(400);
    const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
    const response = await send('POST', SESSIONS, { headers: form, body: `token=${token}` });
    expect(response.status).toBe(415);
  });
});

describe('attack 54: what is not active', () => {
  it('is exactly {"active":false} for whatever text is asked about', async () => {
    const { good, ask } = await start();
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 64 }).filter((one) => one.length <= 64);
    await fc.assert(
      fc.asyncProperty(text, fc.constantFrom(...good), async (asked, { path, name }) => {
        const response = await ask(path, { [name]: asked });
        expect([response.status, await response.text()]).toEqual([200, NOT_ACTIVE]);
      }),
      { numRuns: 200 },
    );
  });

  it('is the same for what is active but of another kind, and for what has ended', async () => {
    const { send, good, ask, admin, stores } = await start();
    for (const { path, name, value } of good)
      expect(await (await ask(path, { [name]: value })).json()).toMatchObject({ active: true });
    for (const { path, name } of good)
      for (const { value } of good.filter((other) => other.name !== name))
        expect(await (await ask(path, { [name]: value })).text(), name).toBe(NOT_ACTIVE);
    await send('DELETE', `/v1/api-keys/${good[3].value}`, { token: admin });
    stores.users.disable((await stores.users.findByLogin('doctor'))?.id ?? '');
    for (const { path, name, value } of good)
      expect(await (await ask(path, { [name]: value })).text(), name).toBe(NOT_ACTIVE);
  });

  it('is not said while the database could not tell', async () => {
    const { good, ask, stores } = await start();
    const down = () => Promise.reject(new UnavailableError('database', 'down'));
    Object.assign(stores.sessions, { findActiveByTokenHash: down, findActiveWithUser: down });
    Object.assign(stores.apiKeys, { findActiveByHash: down, findActiveById: down });
    for (const { path, name, value } of good) {
      const response = await ask(path, { [name]: value });
      expect(response.status, name).toBe(503);
      expect(response.headers.get('retry-after')).toBe('5');
    }
  });
});
