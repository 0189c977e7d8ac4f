import { decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { createId } from '../../../src/identity/ids.ts';
import { UnavailableError } from '../../../src/lib/unavailable-error.ts';
import { startCoreApp } from '../../support/core/core-app.ts';

const LIST = '/v1/keys';
const ROTATE = '/v1/keys/rotate';

async function start() {
  const under = await startCoreApp();
  const { send, stores, recorded } = under;
  const { accessToken: token } = await under.logIn('admin');
  const { accessToken: patient } = await under.logIn('patient');
  const first = String(decodeProtectedHeader(token).kid);
  const admin = await stores.users.findByLogin('admin');
  const listed = async () => (await (await send('GET', LIST, { token })).json()).keys;
  const published = async () =>
    (await (await send('GET', '/.well-known/jwks.json')).json()).keys.map(({ kid }: { kid: string }) => kid);
  const keyEvents = () => recorded.filter(({ target }) => target?.kind === 'signing_key');
  return { ...under, token, patient, first, admin, listed, published, keyEvents };
}

const ROUTES = [
  ['GET', LIST, undefined],
  ['POST', ROTATE, {}],
  ['DELETE', `${LIST}/${createId('key')}`, undefined],
] as const;

describe('/v1/keys', () => {
  it.each(ROUTES)('is for administrators alone: %s %s', async (method, path, body) => {
    const { send, patient, logInWithCookie, keyEvents } = await start();
    expect((await send(method, path, { body })).status).toBe(401);
    expect((await send(method, path, { body, token: patient })).status).toBe(403);
    const { cookie } = await logInWithCookie('admin');
    const twice = { cookie, authorization: `Bearer ${patient}` };
    expect((await send(method, path, { body, headers: twice })).status).toBe(400);
    expect(keyEvents()).toEqual([]);
  });

  it.each(ROUTES)('is 503 while the keys cannot be told: %s %s', async (method, path, body) => {
    const { send, stores, token } = await start();
    const fail = async () => {
      throw new UnavailableError('database', 'gone');
    };
    Object.assign(stores.signingKeys, { list: fail, change: fail });
    const response = await send(method, path, { body, token });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
  });
});

describe('GET /v1/keys', () => {
  it('shows what a key is for and when, and nothing of what it is', async () => {
    const { send, token, first } = await start();
    const response = await send('GET', LIST, { token });
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({
      keys: [
        {
          id: first,
          algorithm: 'ES256',
          state: 'current',
          createdAt: '2026-01-15T12:00:00.000Z',
          signsFrom: '2026-01-15T12:00:00.000Z',
        },
      ],
    });
  });
});

describe('POST /v1/keys/rotate', () => {
  it('publishes a next key, once, and lets it sign seven minutes later', async () => {
    const { send, token, clock, first, admin, published, keyEvents, logIn } = await start();
    const { keys } = await (await send('POST', ROTATE, { token, body: {} })).json();
    const [current, next] = keys;
    expect(keys).toHaveLength(2);
    expect(current).toMatchObject({ id: first, state: 'current', publishedUntil: expect.any(String) });
    expect(next).toMatchObject({ state: 'next', signsFrom: '2026-01-15T12:07:00.000Z' });
    expect(await published()).toEqual([first, next.id]);
    expect(keyEvents().at(-1)).toMatchObject({
      type: 'signing_key.generated',
      actor: { kind: 'user', id: admin?.id },
      target: { id: next.id },
      request: { requestId: 'req-1', clientAddress: '192.0.2.7' },
    });
    const again = await (await send('POST', ROTATE, { token, body: {} })).json();
    expect(again.keys).toHaveLength(2);
    clock.advanceSeconds(420);
    expect(decodeProtectedHeader((await logIn('doctor')).accessToken).kid).toBe(next.id);
  });

  it('lets a key sign at once where that is asked for; the old one still verifies', async () => {
    const { send, token, clock, first, logIn, listed } = await start();
    clock.advanceSeconds(1);
    expect((await send('POST', ROTATE, { token, body: { immediately: true } })).status).toBe(200);
    const { kid } = decodeProtectedHeader((await logIn('doctor')).accessToken);
    expect(kid).not.toBe(first);
    expect(await listed()).toMatchObject([
      { id: first, state: 'previous' },
      { id: kid, state: 'current' },
    ]);
  });

  it('refuses a body that is not as expected, too large or no JSON', async () => {
    const { send, token } = await start();
    for (const body of [{ immediately: 'yes' }, { at: 'once' }, []])
      expect((await send('POST', ROTATE, { token, body })).status).toBe(400);
    const headers = { 'content-type': 'text/plain' };
    expect((await send('POST', ROTATE, { token, body: 'x', headers })).status).toBe(415);
    const body = { immediately: 'x'.repeat(20_000) };
    expect((await send('POST', ROTATE, { token, body })).status).toBe(413);
  });
});

describe('DELETE /v1/keys/{id}', () => {
  it('withdraws the current key at once, and another signs', async () => {
    const { send, token, first, published, keyEvents, logIn } = await start();
    expect((await send('DELETE', `${LIST}/${first}`, { token })).status).toBe(204);
    expect(await published()).not.toContain(first);
    expect((await send('GET', LIST, { token })).status).toBe(401);
    const { accessToken } = await logIn('admin');
    const [revoked, current] = (await (await send('GET', LIST, { token: accessToken })).json()).keys;
    expect(revoked).toMatchObject({ id: first, state: 'revoked', revokedAt: '2026-01-15T12:00:00.000Z' });
    expect(current).toMatchObject({ id: decodeProtectedHeader(accessToken).kid, state: 'current' });
    expect(keyEvents().map(({ type, target }) => [type, target?.id])).toEqual([
      ['signing_key.revoked', first],
      ['signing_key.generated', current.id],
      ['signing_key.rotated', current.id],
    ]);
  });

  it('is 404 for a key that is unknown, no id at all, or revoked already', async () => {
    const { send, token } = await start();
    const { keys } = await (await send('POST', ROTATE, { token, body: {} })).json();
    const revoke = async (id: string) => (await send('DELETE', `${LIST}/${id}`, { token })).status;
    expect(await revoke(createId('key'))).toBe(404);
    expect(await revoke('x')).toBe(404);
    expect(await revoke(keys[1].id)).toBe(204);
    expect(await revoke(keys[1].id)).toBe(404);
  });
});
