import { describe, expect, it } from 'vitest';
import { UnavailableError } from '../../../src/lib/unavailable-error.ts';
import { type CoreUnderTest, PASSWORD, startCoreApp } from '../../support/core/core-app.ts';

const SESSIONS = '/v1/auth/sessions';
const REFRESH = '/v1/auth/tokens/refresh';
const CURRENT = '/v1/auth/sessions/current/revoke';
const ME = '/v1/auth/me';
const OWN = { origin: 'https://gate.test' };

/** The cookies that an answer sets, by name, with their attributes; cleared ones too. */
function cookiesOf(response: Response): Record<string, { value: string; attributes: string }> {
  return Object.fromEntries(
    response.headers.getSetCookie().map((field) => {
      const [, name = '', value = '', attributes = ''] = /^([^=]+)=([^;]*); (.*)$/.exec(field) ?? [];
      return [name, { value, attributes }];
    }),
  );
}

async function logIn({ send }: CoreUnderTest, login = 'doctor') {
  const body = { login, password: PASSWORD, transport: 'token_cookies' };
  const response = await send('POST', SESSIONS, { body, headers: OWN });
  const cookies = cookiesOf(response);
  return {
    response,
    cookies,
    access: `access_token=${cookies.access_token?.value}`,
    refresh: `refresh_token=${cookies.refresh_token?.value}`,
  };
}

const refreshWith = ({ send }: CoreUnderTest, cookie: string, headers: Record<string, string> = OWN) =>
  send('POST', REFRESH, { headers: { cookie, ...headers } });

describe('tokens in cookies', () => {
  it('are set at log-in, HttpOnly and Secure, the refresh token for its path alone, and are not in the body', async () => {
    const { response, cookies } = await logIn(await startCoreApp());
    expect(response.status).toBe(201);
    expect(cookies).toEqual({
      access_token: {
        value: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
        attributes: 'Max-Age=900; Path=/; HttpOnly; Secure; SameSite=Lax',
      },
      refresh_token: {
        value: expect.stringMatching(/^[\w-]{71}$/),
        attributes: `Max-Age=43200; Path=${REFRESH}; HttpOnly; Secure; SameSite=Strict`,
      },
      '__Host-wardgate_session': {
        value: '',
        attributes: 'Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax',
      },
    });
    const told = await response.json();
    expect(Object.keys(told).sort()).toEqual(['expiresIn', 'session', 'user']);
    expect(told).toMatchObject({ expiresIn: 900, session: { transport: 'token_cookies', current: true } });
  });

  it('are not Secure where the public URL is plain http', async () => {
    const core = await startCoreApp({ publicUrl: 'http://localhost:8080' });
    const body = { login: 'doctor', password: PASSWORD, transport: 'token_cookies' };
    const headers = { origin: 'http://localhost:8080' };
    const { access_token, refresh_token } = cookiesOf(await core.send('POST', SESSIONS, { body, headers }));
    for (const cookie of [access_token, refresh_token]) {
      expect(cookie?.attributes).toMatch(/; HttpOnly; SameSite=/);
      expect(cookie?.attributes).not.toContain('Secure');
    }
  });

  it.each([{ origin: 'https://evil.test' }, { origin: 'null' }, { 'sec-fetch-site': 'same-site' }])(
    'are not given to a page that says %j',
    async (headers) => {
      const { send } = await startCoreApp();
      const body = { login: 'doctor', password: PASSWORD, transport: 'token_cookies' };
      const response = await send('POST', SESSIONS, { body, headers: headers as Record<string, string> });
      expect([response.status, response.headers.getSetCookie()]).toEqual([403, []]);
    },
  );

  it('authenticate: the access token for every method, the refresh token for none', async () => {
    const core = await startCoreApp();
    const { access, refresh } = await logIn(core);
    expect((await core.send('GET', ME, { headers: { cookie: access } })).status).toBe(200);
    expect((await core.send('GET', ME, { headers: { cookie: refresh } })).status).toBe(401);
  });

  it.each([{}, { origin: 'https://evil.test' }, { 'sec-fetch-site': 'cross-site' }])(
    'change nothing where the page is not known to be ours: %j',
    async (headers) => {
      const core = await startCoreApp();
      const { access, refresh } = await logIn(core);
      const sent = { headers: { cookie: access, ...(headers as Record<string, string>) } };
      for (const [method, path] of [
        ['POST', CURRENT],
        ['DELETE', SESSIONS],
      ] as const) {
        const response = await core.send(method, path, sent);
        expect([response.status, response.headers.getSetCookie()]).toEqual([403, []]);
      }
      const refreshed = await refreshWith(core, refresh, headers as Record<string, string>);
      expect([refreshed.status, refreshed.headers.getSetCookie()]).toEqual([403, []]);
      expect((await core.send('GET', ME, { headers: { cookie: access } })).status).toBe(200);
    },
  );

  it('are cleared at log-out, and are dead', async () => {
    const core = await startCoreApp();
    const { access, refresh } = await logIn(core);
    const response = await core.send('POST', CURRENT, { headers: { cookie: access, ...OWN } });
    expect(response.status).toBe(204);
    const cleared = cookiesOf(response);
    expect(Object.keys(cleared).sort()).toEqual(['access_token', 'refresh_token']);
    expect(cleared.access_token).toMatchObject({
      value: '',
      attributes: expect.stringMatching(/^Max-Age=0; Path=\/;/),
    });
    expect(cleared.refresh_token).toMatchObject({
      value: '',
      attributes: expect.stringMatching(/^Max-Age=0; Path=\/v1\/auth\/tokens\/refresh;/),
    });
    expect((await core.send('GET', ME, { headers: { cookie: access } })).status).toBe(401);
    expect((await refreshWith(core, refresh)).status).toBe(401);
  });

  it('are cleared by a log-out of our own page whose session is gone already, and by no other page', async () => {
    const core = await startCoreApp();
    const { access } = await logIn(core);
    await core.send('DELETE', SESSIONS, { headers: { cookie: access, ...OWN } });
    for (const cookie of [access, '']) {
      const dead = await core.send('POST', CURRENT, { headers: { cookie, ...OWN } });
      expect(dead.status).toBe(401);
      expect(Object.keys(cookiesOf(dead)).sort()).toEqual([
        '__Host-wardgate_session',
        'access_token',
        'refresh_token',
      ]);
      for (const headers of [{}, { origin: 'https://evil.test' }] as Record<string, string>[]) {
        const other = await core.send('POST', CURRENT, { headers: { cookie, ...headers } });
        expect([other.status, other.headers.getSetCookie()]).toEqual([401, []]);
      }
    }
  });
});

describe('refreshing by cookie', () => {
  it('needs no body, and answers with both cookies and no token', async () => {
    const core = await startCoreApp();
    const first = await logIn(core);
    const response = await refreshWith(core, first.refresh);
    expect(response.status).toBe(200);
    const told = await response.json();
    expect(Object.keys(told).sort()).toEqual(['expiresIn', 'session', 'user']);
    const { access_token, refresh_token } = cookiesOf(response);
    expect(refresh_token?.value).not.toBe(first.cookies.refresh_token?.value);
    expect(refresh_token?.attributes).toBe(first.cookies.refresh_token?.attributes);
    const next = { cookie: `access_token=${access_token?.value}` };
    expect((await core.send('GET', ME, { headers: next })).status).toBe(200);
    // The answer got lost: the same successor again.
    expect(cookiesOf(await refreshWith(core, first.refresh)).refresh_token?.value).toBe(refresh_token?.value);
  });

  it('sets no cookie that outlives the session', async () => {
    const core = await startCoreApp();
    let { refresh } = await logIn(core);
    let last = '';
    for (let halfDay = 0; halfDay < 13; halfDay += 1) {
      core.clock.advanceSeconds(12 * 3600);
      const { refresh_token } = cookiesOf(await refreshWith(core, refresh));
      refresh = `refresh_token=${refresh_token?.value}`;
      last = refresh_token?.attributes ?? '';
    }
    expect(last).toMatch(/^Max-Age=43200;/);
    core.clock.advanceSeconds(10 * 3600);
    expect(cookiesOf(await refreshWith(core, refresh)).refresh_token?.attributes).toMatch(/^Max-Age=7200;/);
  });

  it('compromises the session of a spent token, and clears nothing', async () => {
    const core = await startCoreApp();
    const { refresh, access } = await logIn(core);
    const { refresh_token } = cookiesOf(await refreshWith(core, refresh));
    await refreshWith(core, `refresh_token=${refresh_token?.value}`);
    const replayed = await refreshWith(core, refresh);
    expect([replayed.status, replayed.headers.getSetCookie()]).toEqual([401, []]);
    expect((await core.send('GET', ME, { headers: { cookie: access } })).status).toBe(401);
  });

  it('answers 503, and clears nothing, while the store cannot tell', async () => {
    const core = await startCoreApp();
    const { refresh } = await logIn(core);
    Object.assign(core.stores.sessions, {
      rotateRefreshToken: () => Promise.reject(new UnavailableError('database', 'down')),
    });
    const response = await refreshWith(core, refresh);
    expect([response.status, response.headers.getSetCookie()]).toEqual([503, []]);
  });

  it('answers 401 where there is no token at all, and 400 for two cookies of the name', async () => {
    const core = await startCoreApp();
    const { refresh } = await logIn(core);
    const missing = await core.send('POST', REFRESH, { headers: OWN });
    expect(missing.status).toBe(401);
    expect(missing.headers.get('www-authenticate')).toBe('Bearer');
    expect(await missing.json()).toMatchObject({ code: 'credential_missing' });
    const two = await refreshWith(core, `${refresh}; ${refresh}`);
    expect(two.status).toBe(400);
    expect(await two.json()).toMatchObject({ code: 'ambiguous_credentials' });
    expect((await refreshWith(core, refresh)).status).toBe(200);
  });

  it('gives way to a token in the body, which is answered in the body', async () => {
    const core = await startCoreApp();
    const { refresh } = await logIn(core);
    const login = { login: 'patient', password: PASSWORD };
    const { refreshToken } = await (await core.send('POST', SESSIONS, { body: login })).json();
    const response = await core.send('POST', REFRESH, {
      body: { refreshToken },
      headers: { cookie: refresh },
    });
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(await response.json()).toMatchObject({
      user: { username: 'patient' },
      refreshToken: expect.any(String),
      accessToken: expect.any(String),
    });
    const bad = await core.send('POST', REFRESH, {
      body: { refreshToken: 'x' },
      headers: { cookie: refresh, ...OWN },
    });
    expect(bad.status).toBe(401);
  });
});
