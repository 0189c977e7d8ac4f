import { describe, expect, it } from 'vitest';
import { createCores } from '../../../src/adapters/http/cores.ts';
import { createHttpSessionLookup } from '../../../src/adapters/http/session-lookup-http.ts';
import type { UserChange } from '../../../src/core/users/user-store.ts';
import { createId } from '../../../src/identity/ids.ts';
import { UnavailableError } from '../../../src/lib/unavailable-error.ts';
import { INTERNAL_CLIENT, startCoreApp } from '../../support/core/core-app.ts';

const LOOKUP = '/internal/sessions/lookup';
const basic = (id: string, secret: string) => ({ authorization: `Basic ${btoa(`${id}:${secret}`)}` });
const headers = basic(INTERNAL_CLIENT.id, INTERNAL_CLIENT.secret);

describe('POST /internal/sessions/lookup', () => {
  it('tells the session and its user as they stand, by token and by id', async () => {
    const { send, logInWithCookie } = await startCoreApp();
    const { cookie, sessionId } = await logInWithCookie('doctor');
    const token = cookie.split('=')[1];
    const byToken = await send('POST', LOOKUP, { headers, body: { token } });
    expect(byToken.status).toBe(200);
    expect(byToken.headers.get('cache-control')).toBe('no-store');
    const facts = await byToken.json();
    expect(facts).toEqual({
      active: true,
      auth_time: 1_768_478_400,
      acr: 'aal1',
      amr: ['pwd'],
      session_id: sessionId,
      user_id: expect.stringMatching(/^usr_/),
      username: 'doctor',
      roles: ['doctor'],
      scopes: ['alerts:read', 'patients:read'],
      doctor_id: 'd-200',
      expires_at: Date.UTC(2026, 0, 22, 12) / 1000,
    });
    const byId = await send('POST', LOOKUP, { headers, body: { session_id: sessionId } });
    expect(await byId.json()).toEqual(facts);
  });

  it('answers exactly {"active":false} for whatever is not an active session', async () => {
    const { send, stores, logIn, logInWithCookie } = await startCoreApp();
    const doctor = await logIn('doctor');
    await send('DELETE', '/v1/auth/sessions', { token: doctor.accessToken });
    const patient = await logInWithCookie('patient');
    stores.users.disable((await stores.users.findByLogin('patient'))?.id ?? '');
    for (const body of [
      { token: 'A'.repeat(43) },
      { token: 'x' },
      { token: patient.cookie.split('=')[1] },
      { session_id: doctor.sessionId },
      { session_id: patient.sessionId },
      { session_id: 'x\u0000' },
    ])
      expect(await (await send('POST', LOOKUP, { headers, body })).text()).toBe('{"active":false}');
  });

  it('tells that a session is not active for a token that was revoked alone', async () => {
    const { send, stores, logIn } = await startCoreApp();
    const { sessionId: session_id } = await logIn('doctor');
    const [revoked, other] = [createId('token'), createId('token')];
    await stores.revocationLog.revokeToken(revoked);
    const ask = async (token_id: string) =>
      (await send('POST', LOOKUP, { headers, body: { session_id, token_id } })).text();
    expect(await ask(revoked)).toBe('{"active":false}');
    expect(JSON.parse(await ask(other))).toMatchObject({ active: true, session_id });
  });

  it('tells gateways, in its process and apart, that a session is not enough for a token with a role or link that was taken since', async () => {
    const { app, core, stores, logIn } = await startCoreApp();
    const { sessionId } = await logIn('doctor');
    const cores = createCores(['https://gate.test'], INTERNAL_CLIENT);
    const apart = createHttpSessionLookup(cores, {
      fetch: async (url, init) => app.request(String(url), init),
    });
    const told = { roles: ['doctor'], patientId: undefined, doctorId: 'd-200' };
    const ask = () =>
      Promise.all([core.activeSessions, apart].map((lookup) => lookup.isActive(sessionId, undefined, told)));
    const { id = '' } = (await stores.users.findByLogin('doctor')) ?? {};
    const change = (to: UserChange) => stores.users.update(id, to);
    await change({ roles: ['doctor', 'reviewer'], patientId: 'p-new' });
    expect(await ask()).toEqual([true, true]);
    await change({ doctorId: 'd-2' });
    expect(await ask()).toEqual([false, false]);
    await change({ doctorId: 'd-200', roles: ['reviewer'] });
    expect(await ask()).toEqual([false, false]);
  });

  it.each([
    ['none', {}],
    ['a wrong secret', basic(INTERNAL_CLIENT.id, 'wrong')],
    ['a wrong id', basic('other', INTERNAL_CLIENT.secret)],
    ['no colon', { authorization: `Basic ${btoa('edge')}` }],
    ['no base64', { authorization: 'Basic %%%' }],
    ['a bearer token', { authorization: `Bearer ${INTERNAL_CLIENT.secret}` }],
  ])('answers 401 for a client credential that is %s', async (_, sent) => {
    const { send } = await startCoreApp();
    const response = await send('POST', LOOKUP, {
      headers: sent as Record<string, string>,
      body: { token: 'x' },
    });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Basic /);
    expect(await response.json()).toMatchObject({ code: 'invalid_client' });
  });

  it('does not exist where no client is configured', async () => {
    const { send } = await startCoreApp({ internalClient: undefined as never });
    expect((await send('POST', LOOKUP, { headers, body: { token: 'x' } })).status).toBe(404);
    expect((await send('GET', LOOKUP)).status).toBe(404);
  });

  it.each([
    {},
    { token: 'x', session_id: 'y' },
    { token: '' },
    { token: 7 },
    { token: 'x', token_id: createId('token') },
    { session_id: 'x', token_id: 'y' },
  ])('answers 400 for %j', async (body) => {
    const { send } = await startCoreApp();
    expect((await send('POST', LOOKUP, { headers, body })).status).toBe(400);
  });

  it('answers 503 while the store cannot tell, never that a session is not active', async () => {
    const { send, stores } = await startCoreApp();
    Object.assign(stores.sessions, {
      findActiveByTokenHash: () => Promise.reject(new UnavailableError('database', 'down')),
    });
    const response = await send('POST', LOOKUP, { headers, body: { token: 'A'.repeat(43) } });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
  });
});
