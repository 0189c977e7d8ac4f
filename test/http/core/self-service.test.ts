import { describe, expect, it } from 'vitest';
import { UnavailableError } from '../../../src/lib/unavailable-error.ts';
import { PASSWORD, startCoreApp } from '../../support/core/core-app.ts';
import { SESSION_LIMITS } from '../../support/core/session-limits.ts';

const ME = '/v1/auth/me';
const SESSIONS = '/v1/auth/sessions';

describe('GET /v1/auth/me', () => {
  it('answers with the user of a bearer token and of a session cookie', async () => {
    const { send, logIn, logInWithCookie } = await startCoreApp();
    const { accessToken } = await logIn('patient');
    const byToken = await send('GET', ME, { token: accessToken });
    expect(byToken.status).toBe(200);
    expect(byToken.headers.get('cache-control')).toBe('no-store');
    const { user } = await byToken.json();
    expect(user).toEqual({
      id: expect.stringMatching(/^usr_/),
      email: 'patient@demo.test',
      username: 'patient',
      emailVerified: false,
      roles: ['patient'],
      patientId: 'p-100',
      createdAt: '2026-01-15T12:00:00.000Z',
    });
    const { cookie } = await logInWithCookie('patient');
    expect(await (await send('GET', ME, { headers: { cookie } })).json()).toEqual({ user });
  });

  it('answers 401 with a bare challenge where no credential was sent', async () => {
    const { send } = await startCoreApp();
    const response = await send('GET', ME);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({ code: 'credential_missing' });
  });

  it('answers 401 invalid_token for a bad credential and 400 for two', async () => {
    const { send } = await startCoreApp();
    const bad = await send('GET', ME, { token: 'x.y.z' });
    expect(bad.status).toBe(401);
    expect(bad.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    const two = await send('GET', ME, { token: 'x', headers: { cookie: '__Host-wardgate_session=y' } });
    expect(two.status).toBe(400);
    expect(await two.json()).toMatchObject({ code: 'ambiguous_credentials' });
  });

  it('answers 401 at once for a good token of a disabled user', async () => {
    const { send, stores, logIn } = await startCoreApp();
    const { accessToken } = await logIn('doctor');
    stores.users.disable((await stores.users.findByLogin('doctor'))?.id ?? '');
    expect((await send('GET', ME, { token: accessToken })).status).toBe(401);
  });

  it('answers 503, and clears no cookie, while the store cannot tell', async () => {
    const { send, stores, logInWithCookie } = await startCoreApp();
    const { cookie } = await logInWithCookie('doctor');
    Object.assign(stores.sessions, {
      findActiveById: () => Promise.reject(new UnavailableError('database', 'down')),
    });
    const response = await send('GET', ME, { headers: { cookie } });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(response.headers.get('set-cookie')).toBeNull();
  });
});

describe("one's own sessions", () => {
  it('are listed with the current one marked, and others are not', async () => {
    const { send, logIn, logInWithCookie } = await startCoreApp();
    const first = await logIn('doctor');
    const second = await logInWithCookie('doctor');
    await logIn('patient');
    const { sessions } = await (await send('GET', SESSIONS, { token: first.accessToken })).json();
    expect(sessions.map((each: { id: string; current: boolean }) => [each.id, each.current]).sort()).toEqual(
      [
        [first.sessionId, true],
        [second.sessionId, false],
      ].sort(),
    );
    expect(JSON.stringify(sessions)).not.toMatch(/hash|token/i);
  });

  it('end elsewhere: listeners hear of it from the first request that shows it', async () => {
    const { core, send, logIn, stores } = await startCoreApp();
    const heard: string[] = [];
    core.endings.onSessionEnded((sessionId) => heard.push(sessionId));
    const { sessionId, accessToken } = await logIn('doctor');
    const session = await stores.sessions.findActiveById(sessionId, SESSION_LIMITS);
    await stores.sessions.end(sessionId, session?.userId ?? '');
    expect(heard).toEqual([]);
    expect((await send('POST', `${SESSIONS}/current/revoke`, { token: accessToken })).status).toBe(401);
    expect(heard).toEqual([sessionId]);
  });

  it('end by id: the token is dead at once, and listeners hear of it', async () => {
    const { core, send, logIn } = await startCoreApp();
    const heard: string[] = [];
    core.endings.onSessionEnded((sessionId) => heard.push(sessionId));
    const [one, other] = [await logIn('doctor'), await logIn('doctor')];
    const response = await send('DELETE', `${SESSIONS}/${other.sessionId}`, { token: one.accessToken });
    expect(response.status).toBe(204);
    expect(await response.text()).toBe('');
    expect(heard).toEqual([other.sessionId]);
    expect((await send('GET', ME, { token: other.accessToken })).status).toBe(401);
    expect((await send('GET', ME, { token: one.accessToken })).status).toBe(200);
    expect((await send('DELETE', `${SESSIONS}/${other.sessionId}`, { token: one.accessToken })).status).toBe(
      404,
    );
  });

  it("answer another user's session, an unknown and a malformed id with the same 404", async () => {
    const { send, logIn } = await startCoreApp();
    const doctor = await logIn('doctor');
    const patient = await logIn('patient');
    const bodies = new Set();
    for (const id of [patient.sessionId, `ses_${'0'.repeat(32)}`, 'x', '%00', "'--"]) {
      const response = await send('DELETE', `${SESSIONS}/${id}`, { token: doctor.accessToken });
      expect(response.status).toBe(404);
      bodies.add(await response.text());
    }
    expect(bodies.size).toBe(1);
    expect((await send('GET', ME, { token: patient.accessToken })).status).toBe(200);
  });

  it('end all together, and those of others stand', async () => {
    const { core, send, logIn } = await startCoreApp();
    const heard: string[] = [];
    core.endings.onSessionEnded((sessionId) => heard.push(sessionId));
    const [one, other, patient] = [await logIn('doctor'), await logIn('doctor'), await logIn('patient')];
    expect((await send('DELETE', SESSIONS, { token: one.accessToken })).status).toBe(204);
    expect(heard.sort()).toEqual([one.sessionId, other.sessionId].sort());
    for (const { accessToken } of [one, other])
      expect((await send('GET', ME, { token: accessToken })).status).toBe(401);
    expect((await send('GET', ME, { token: patient.accessToken })).status).toBe(200);
  });

  it('end all but the current one, each of which is recorded', async () => {
    const { core, send, logIn, logInWithCookie, recorded } = await startCoreApp();
    const heard: string[] = [];
    core.endings.onSessionEnded((sessionId) => heard.push(sessionId));
    const [one, other, patient] = [await logIn('doctor'), await logIn('doctor'), await logIn('patient')];
    const { cookie, sessionId } = await logInWithCookie('doctor');
    const headers = { cookie, origin: 'https://gate.test' };
    const response = await send('DELETE', `${SESSIONS}?except=current`, { headers });
    expect(response.status).toBe(204);
    expect(response.headers.get('set-cookie')).toBeNull();
    expect(heard.sort()).toEqual([one.sessionId, other.sessionId].sort());
    const ended = recorded.filter(({ type }) => type === 'session.ended').map(({ target }) => target?.id);
    expect(ended.sort()).toEqual(heard);
    const { sessions } = await (await send('GET', SESSIONS, { headers: { cookie } })).json();
    expect(sessions.map(({ id }: { id: string }) => id)).toEqual([sessionId]);
    expect((await send('GET', ME, { token: patient.accessToken })).status).toBe(200);
  });

  it('do not end for a query that is not understood', async () => {
    const { send, logIn } = await startCoreApp();
    const { accessToken } = await logIn('doctor');
    for (const query of ['except=others', 'excpt=current', 'except=current&except=current', 'except='])
      expect((await send('DELETE', `${SESSIONS}?${query}`, { token: accessToken })).status, query).toBe(400);
    expect((await send('GET', ME, { token: accessToken })).status).toBe(200);
  });

  it('name how the user was authenticated, and the device where its user agent is known', async () => {
    const { send } = await startCoreApp();
    const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0';
    const logInFrom = (userAgent: string) =>
      send('POST', SESSIONS, {
        body: { login: 'doctor', password: PASSWORD },
        headers: { 'user-agent': userAgent },
      });
    const { session, accessToken } = await (await logInFrom(firefox)).json();
    expect(session).toMatchObject({ userAgent: firefox, device: 'Firefox on Windows' });
    expect(session).toMatchObject({ amr: ['pwd'], acr: 'aal1' });
    expect((await (await logInFrom('clinic-app/3')).json()).session).not.toHaveProperty('device');
    const { sessions } = await (await send('GET', SESSIONS, { token: accessToken })).json();
    expect(sessions.map(({ device }: { device?: string }) => device)).toEqual([
      'Firefox on Windows',
      undefined,
    ]);
  });

  it('end by logging out: the current one alone', async () => {
    const { send, logIn } = await startCoreApp();
    const [one, other] = [await logIn('doctor'), await logIn('doctor')];
    expect((await send('POST', `${SESSIONS}/current/revoke`, { token: one.accessToken })).status).toBe(204);
    expect((await send('GET', ME, { token: one.accessToken })).status).toBe(401);
    expect((await send('GET', ME, { token: other.accessToken })).status).toBe(200);
  });

  it('need a credential for everything but logging in', async () => {
    const { send } = await startCoreApp();
    for (const [method, path] of [
      ['GET', SESSIONS],
      ['DELETE', SESSIONS],
      ['DELETE', `${SESSIONS}/ses_${'0'.repeat(32)}`],
      ['POST', `${SESSIONS}/current/revoke`],
    ] as const)
      expect((await send(method, path)).status, `${method} ${path}`).toBe(401);
  });
});

describe('paths of the core', () => {
  it('answer 405 with Allow for another method and 404 for what is not there', async () => {
    const { send } = await startCoreApp();
    const wrongMethod = await send('PUT', ME);
    expect(wrongMethod.status).toBe(405);
    expect(wrongMethod.headers.get('allow')).toBe('GET, HEAD, PATCH');
    expect(await wrongMethod.json()).toMatchObject({ code: 'method_not_allowed' });
    const nothing = await send('GET', '/v1/nothing');
    expect(nothing.status).toBe(404);
    expect(nothing.headers.get('cache-control')).toBe('no-store');
    expect(await nothing.json()).toMatchObject({ code: 'not_found' });
  });
});
