import { describe, expect, it } from 'vitest';
import { PASSWORD, startCoreApp } from '../../support/core/core-app.ts';

const SESSIONS = '/v1/auth/sessions';
const CURRENT = '/v1/auth/sessions/current/revoke';
const OWN = { origin: 'https://gate.test' };

describe('the session cookie', () => {
  it('is __Host-, Secure and HttpOnly behind https, and no token is in the body', async () => {
    const { send } = await startCoreApp();
    const body = { login: 'doctor', password: PASSWORD, transport: 'cookie' };
    const response = await send('POST', SESSIONS, { body });
    expect(response.status).toBe(201);
    expect(response.headers.getSetCookie()[0]).toMatch(
      /^__Host-wardgate_session=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    const told = await response.json();
    expect(Object.keys(told).sort()).toEqual(['session', 'user']);
    expect(told.session.transport).toBe('cookie');
  });

  it('has the plain name and no Secure where the public URL is plain http', async () => {
    const { send } = await startCoreApp({ publicUrl: 'http://localhost:8080' });
    const body = { login: 'doctor', password: PASSWORD, transport: 'cookie' };
    const [header] = (await send('POST', SESSIONS, { body })).headers.getSetCookie();
    expect(header).toMatch(/^wardgate_session=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/);
  });

  it('is a new one at each log-in, whatever cookie was planted before', async () => {
    const { send } = await startCoreApp();
    const planted = 'A'.repeat(43);
    const headers = { cookie: `__Host-wardgate_session=${planted}` };
    const body = { login: 'doctor', password: PASSWORD, transport: 'cookie' };
    const response = await send('POST', SESSIONS, { body, headers });
    expect(response.headers.get('set-cookie')).not.toContain(planted);
    expect((await send('GET', '/v1/auth/me', { headers })).status).toBe(401);
  });

  it.each([
    { origin: 'https://evil.test' },
    { origin: 'null' },
    { origin: 'https://gate.test.evil.test' },
    { origin: 'https://gate.test, https://evil.test' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.test', 'sec-fetch-site': 'same-origin' },
  ])('is not given to a page that says %j', async (headers) => {
    const { send } = await startCoreApp();
    const body = { login: 'doctor', password: PASSWORD, transport: 'cookie' };
    const response = await send('POST', SESSIONS, { body, headers: headers as Record<string, string> });
    expect(response.status).toBe(403);
    expect(response.headers.get('set-cookie')).toBeNull();
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await response.json()).toMatchObject({ code: 'origin_mismatch' });
  });

  it.each([OWN, { 'sec-fetch-site': 'same-origin' }, { origin: 'https://app.test' }])(
    'ends by itself for a page that says %j, and is cleared',
    async (headers) => {
      const { send, logInWithCookie } = await startCoreApp({ trustedOrigins: ['https://app.test'] });
      const { cookie } = await logInWithCookie('doctor');
      const response = await send('POST', CURRENT, {
        headers: { cookie, ...(headers as Record<string, string>) },
      });
      expect(response.status).toBe(204);
      expect(response.headers.get('set-cookie')).toMatch(/^__Host-wardgate_session=; Max-Age=0; Path=\/;/);
      expect((await send('GET', '/v1/auth/me', { headers: { cookie } })).status).toBe(401);
    },
  );

  it.each([{}, { origin: 'https://evil.test' }, { 'sec-fetch-site': 'cross-site' }])(
    'changes nothing with an unsafe method where the page is not known to be ours: %j',
    async (headers) => {
      const { send, logInWithCookie } = await startCoreApp();
      const { cookie, sessionId } = await logInWithCookie('doctor');
      const sent = { headers: { cookie, ...(headers as Record<string, string>) } };
      for (const [method, path] of [
        ['POST', CURRENT],
        ['DELETE', SESSIONS],
        ['DELETE', `${SESSIONS}/${sessionId}`],
      ] as const) {
        const response = await send(method, path, sent);
        expect(response.status).toBe(403);
        expect(response.headers.get('set-cookie')).toBeNull();
      }
      expect((await send('GET', '/v1/auth/me', sent)).status).toBe(200);
    },
  );

  it('dies after twelve idle hours, and lives while it is used', async () => {
    const { send, clock, logInWithCookie } = await startCoreApp();
    const { cookie } = await logInWithCookie('doctor');
    for (let day = 0; day < 3; day++) {
      clock.advanceSeconds(11 * 3600);
      expect((await send('GET', '/v1/auth/me', { headers: { cookie } })).status).toBe(200);
    }
    clock.advanceSeconds(12 * 3600 + 1);
    expect((await send('GET', '/v1/auth/me', { headers: { cookie } })).status).toBe(401);
  });

  it('dies after seven days however much it is used', async () => {
    const { send, clock, logInWithCookie } = await startCoreApp();
    const { cookie } = await logInWithCookie('doctor');
    const statuses = [];
    for (let step = 0; step < 14; step++) {
      clock.advanceSeconds(12 * 3600);
      statuses.push((await send('GET', '/v1/auth/me', { headers: { cookie } })).status);
    }
    expect(statuses).toEqual([...Array(13).fill(200), 401]);
  });
});
