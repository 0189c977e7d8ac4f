import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { UnavailableError } from '../../../src/lib/unavailable-error.ts';
import { type CoreUnderTest, startCoreApp } from '../../support/core/core-app.ts';
import {
  addKeyClient,
  addSecretClient,
  basic,
  sendForm,
  signAssertion,
} from '../../support/oauth/client-requests.ts';
import { signForeignToken, testKey } from '../../support/tokens/tokens.ts';

const PATH = '/oauth/introspect';
const INACTIVE = '{"active":false}';
const SIGNED = 'application/token-introspection+jwt';

async function start(client: Parameters<typeof addSecretClient>[1] = {}) {
  const under = await startCoreApp();
  const { id, secret } = await addSecretClient(under, client);
  const ask = (form: Readonly<Record<string, string>> | string, headers: Record<string, string> = {}) =>
    sendForm(under, form, { ...basic(id, secret), ...headers }, PATH);
  const about = async (token: string) => (await ask({ token })).text();
  return { ...under, id, secret, ask, about };
}

/** A token of a client that may ask, and of one that may not. */
async function clientToken(under: CoreUnderTest, scopes: string[]) {
  const { id, secret } = await addSecretClient(under, { scopes });
  const answer = await sendForm(under, { grant_type: 'client_credentials' }, basic(id, secret));
  return { id, token: String((await answer.json()).access_token) };
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** Signs in as a foreign issuer whom the edge knows. */
const foreign = async (claims = {}) =>
  signForeignToken(claims, { key: await testKey('RS256', 'foreign-key') });

/** Lets everything that asks the stores of sessions, clients and keys fail, or count. */
function watchStores({ stores }: CoreUnderTest) {
  const asked: string[] = [];
  for (const [name, store] of Object.entries(stores))
    for (const [method, call] of Object.entries(store))
      Object.assign(store, {
        [method]: (...given: unknown[]) => {
          asked.push(`${name}.${method}`);
          return (call as (...given: unknown[]) => unknown)(...given);
        },
      });
  return asked;
}

describe('an active answer', () => {
  it('says of a user’s access token what the token says', async () => {
    const { ask, logIn } = await start();
    const { accessToken, sessionId } = await logIn('patient');
    const response = await ask({ token: accessToken });
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-type')).toBe('application/json');
    const { sub, jti } = decodeJwt(accessToken);
    expect(await response.json()).toEqual({
      active: true,
      sub,
      username: 'patient',
      client_id: 'wardgate',
      roles: ['patient'],
      aud: 'clinic',
      iss: 'https://gate.test',
      iat: 1_768_478_400,
      exp: 1_768_479_300,
      jti,
      sid: sessionId,
      token_type: 'Bearer',
      auth_time: 1_768_478_400,
      acr: 'aal1',
      patient_id: 'p-100',
    });
  });

  it('says of a client’s access token no claim of a person', async () => {
    const under = await start();
    const { id, token } = await clientToken(under, ['patients:read']);
    expect(JSON.parse(await under.about(token))).toEqual({
      active: true,
      sub: id,
      client_id: id,
      scope: 'patients:read',
      roles: ['exporter'],
      aud: 'clinic',
      iss: 'https://gate.test',
      iat: 1_768_478_400,
      exp: 1_768_479_300,
      jti: decodeJwt(token).jti,
      token_type: 'Bearer',
    });
  });

  it('says of a session token the facts as they stand, and counts as use of it', async () => {
    const { about, logInWithCookie, clock, stores } = await start();
    const { cookie, sessionId } = await logInWithCookie('doctor');
    const token = cookie.split('=')[1] ?? '';
    clock.advanceSeconds(61);
    const user = await stores.users.findByLogin('doctor');
    await stores.users.update(user?.id ?? '', { roles: ['doctor', 'reviewer'] });
    expect(JSON.parse(await about(token))).toEqual({
      active: true,
      sub: user?.id,
      username: 'doctor',
      client_id: 'wardgate',
      scope: 'alerts:read patients:read',
      roles: ['doctor', 'reviewer'],
      aud: 'clinic',
      iss: 'https://gate.test',
      iat: 1_768_478_400,
      exp: 1_768_478_400 + 7 * 24 * 3600,
      sid: sessionId,
      token_type: 'session_token',
      auth_time: 1_768_478_400,
      acr: 'aal1',
      doctor_id: 'd-200',
    });
    const [session] = await stores.sessions.listActive(user?.id ?? '', {
      bearerIdleSeconds: 3600,
      cookieIdleSeconds: 3600,
    });
    expect(session?.lastSeenAt.getTime()).toBe(clock.now());
  });

  it('says of an API key what it was issued with', async () => {
    const { about, send, logIn } = await start();
    const { accessToken: token } = await logIn('admin');
    const wanted = { name: 'reader', roles: ['exporter'], scopes: ['alerts:read'] };
    const made = await (await send('POST', '/v1/api-keys', { token, body: wanted })).json();
    expect(JSON.parse(await about(made.key))).toEqual({
      active: true,
      sub: made.apiKey.id,
      scope: 'alerts:read',
      roles: ['exporter'],
      aud: 'clinic',
      iss: 'https://gate.test',
      token_type: 'api_key',
    });
  });

  it('says of a foreign issuer’s token whose it is there, with its roles as the policy maps them', async () => {
    const { about } = await start();
    const token = await foreign({ act: { sub: 'helper' }, patient_id: 'p-7', jti: 7, acr: '1' });
    expect(JSON.parse(await about(token))).toEqual({
      active: true,
      sub: '7d0c1c52-9f0a-4f0e-8c54-0a6f7f1b3a11',
      username: 'house',
      client_id: 'clinic-app',
      scope: 'openid alerts:read',
      roles: ['doctor'],
      aud: ['clinic', 'account'],
      iss: 'https://id.test/realms/clinic',
      iat: 1_768_478_400,
      exp: 1_768_479_300,
      token_type: 'Bearer',
      acr: '1',
      patient_id: 'p-7',
      act: { sub: 'helper' },
    });
  });
});

describe('what is not active', () => {
  it('is exactly {"active":false}, whatever the text is', async () => {
    const { about, logIn, core } = await start();
    const { accessToken } = await logIn('patient');
    const [header, payload, signature] = accessToken.split('.');
    const claims = decodeJwt(accessToken);
    const texts = [
      'x',
      'a.b.c',
      '.'.repeat(9000),
      'A'.repeat(43),
      'A'.repeat(71),
      'A'.repeat(9000),
      `wgk_${'A'.repeat(49)}`,
      `${header}.${payload}.${signature?.slice(2)}AA`,
      await core.sign({ ...claims }, 'JWT'),
      await core.sign({ ...claims }, 'logout+jwt'),
      await core.sign({ ...claims }, 'token-introspection+jwt'),
      await core.sign({ ...claims }, 'identity-assertion+jwt'),
      await core.sign({ ...claims, aud: 'elsewhere' }, 'at+jwt'),
      await core.sign({ ...claims, iss: 'https://other.test' }, 'at+jwt'),
      await foreign({ aud: 'elsewhere' }),
      await foreign({ nonce: 'of an ID token' }).then((token) => `${token}x`),
    ];
    for (const text of texts) expect(await about(text), text.slice(0, 60)).toBe(INACTIVE);
  });

  it('is an expired token, to the second, also one that was remembered', async () => {
    const { about, logIn, clock } = await start();
    const { accessToken } = await logIn('patient');
    const theirs = await foreign();
    clock.advanceSeconds(899);
    for (const token of [accessToken, theirs]) expect(JSON.parse(await about(token)).active).toBe(true);
    clock.advanceSeconds(1);
    for (const token of [accessToken, theirs]) expect(await about(token)).toBe(INACTIVE);
  });

  it('is every token of a user who was disabled, and of a session that ended', async () => {
    const { about, logIn, logInWithCookie, stores } = await start();
    const ended = await logIn('doctor');
    const { accessToken } = await logIn('patient');
    const { cookie } = await logInWithCookie('patient');
    const { id = '' } = (await stores.users.findByLogin('doctor')) ?? {};
    await stores.sessions.end(ended.sessionId, id);
    stores.users.disable((await stores.users.findByLogin('patient'))?.id ?? '');
    for (const token of [ended.accessToken, accessToken, cookie.split('=')[1] ?? ''])
      expect(await about(token)).toBe(INACTIVE);
  });

  it('is the token of a client that was disabled, removed, or has not what the token has', async () => {
    const under = await start();
    const changes = [
      (id: string) => under.stores.clients.change(id, { disabled: true }),
      (id: string) => under.stores.clients.change(id, { scopes: [] }),
      (id: string) => under.stores.clients.change(id, { roles: [] }),
      (id: string) => under.stores.clients.remove(id),
    ];
    for (const change of changes) {
      const { id, token } = await clientToken(under, ['patients:read']);
      await change(id);
      expect(await under.about(token)).toBe(INACTIVE);
    }
  });

  it('is a refresh token without a client: it belongs to nobody who can ask, and stays as good as it was', async () => {
    const { about, send } = await start();
    const body = { login: 'patient', password: 'wardgate-test-passphrase' };
    const { refreshToken } = await (await send('POST', '/v1/auth/sessions', { body })).json();
    expect(await about(refreshToken)).toBe(INACTIVE);
    const refreshed = await send('POST', '/v1/auth/tokens/refresh', { body: { refreshToken } });
    expect(refreshed.status).toBe(200);
  });

  it('is another client’s refresh token, and its own once it is spent; asking rotates nothing', async () => {
    const under = await start();
    const { id, secret, about, send, ask } = under;
    const own = basic(id, secret);
    const body = { login: 'patient', password: 'wardgate-test-passphrase' };
    const answer = await send('POST', '/v1/auth/sessions', { body, headers: own });
    const { refreshToken, session } = await answer.json();
    const told = {
      active: true,
      username: 'patient',
      client_id: id,
      sid: session.id,
      token_type: 'refresh_token',
    };
    for (let times = 0; times < 2; times += 1)
      expect(await (await ask({ token: refreshToken })).json()).toMatchObject(told);
    const other = await addSecretClient(under);
    const asOther = await sendForm(under, { token: refreshToken }, basic(other.id, other.secret), PATH);
    expect(await asOther.text()).toBe(INACTIVE);
    const refreshed = await sendForm(
      under,
      { grant_type: 'refresh_token', refresh_token: refreshToken },
      own,
    );
    const next = (await refreshed.json()).refresh_token;
    expect(await about(refreshToken)).toBe(INACTIVE);
    expect(JSON.parse(await about(next))).toMatchObject(told);
  });

  it('is a token for one upstream, but for the client that is called so', async () => {
    const { about, core, logIn, stores, clock, id } = await start();
    const { accessToken } = await logIn('doctor');
    const acting = { client_id: id, act: { sub: id } };
    const narrow = await core.sign({ ...decodeJwt(accessToken), aud: 'records', ...acting }, 'at+jwt');
    expect(await about(narrow)).toBe(INACTIVE);
    await stores.clients.change(id, { audience: 'records' });
    clock.advanceSeconds(2);
    expect(JSON.parse(await about(narrow))).toMatchObject({ active: true, aud: 'records', act: { sub: id } });
  });
});

describe('the signed answer', () => {
  const verify = async ({ core }: CoreUnderTest, response: Response) => {
    expect(response.headers.get('content-type')).toBe(SIGNED);
    const { keys } = await core.keySet();
    return jwtVerify(await response.text(), createLocalJWKSet({ keys: [...keys] }), {
      currentDate: new Date(1_768_478_400_000),
    });
  };

  it('is a JWT of its own type for the caller, without sub and exp', async () => {
    const under = await start();
    const { accessToken } = await under.logIn('patient');
    const asked = await under.ask({ token: accessToken }, { accept: SIGNED });
    const { payload, protectedHeader } = await verify(under, asked);
    expect(protectedHeader.typ).toBe('token-introspection+jwt');
    const { token_introspection: told, ...rest } = payload;
    expect(rest).toEqual({ iss: 'https://gate.test', aud: under.id, iat: 1_768_478_400 });
    expect(told).toEqual(JSON.parse(await under.about(accessToken)));
  });

  it('says of what is not active nothing more than that', async () => {
    const under = await start();
    const { payload } = await verify(under, await under.ask({ token: 'x' }, { accept: SIGNED }));
    expect(payload.token_introspection).toEqual({ active: false });
  });

  it('is given to who asks for it, and JSON to everybody else', async () => {
    const { ask } = await start();
    const typeFor = async (accept: string) =>
      (await ask({ token: 'x' }, { accept })).headers.get('content-type');
    for (const accept of [SIGNED, `${SIGNED.toUpperCase()};q=0.5`, `text/html, ${SIGNED};q=0.9, */*;q=0.1`])
      expect(await typeFor(accept), accept).toBe(SIGNED);
    for (const accept of ['*/*', 'application/json', 'application/*', `${SIGNED};q=0`, 'text/html', ''])
      expect(await typeFor(accept), accept).toBe('application/json');
  });
});

describe('who may ask', () => {
  it('is a client by Basic, by the form, and by an assertion that is good once', async () => {
    const under = await start();
    const { id, secret } = under;
    const { accessToken: token } = await under.logIn('patient');
    const inForm = { token, client_id: id, client_secret: secret };
    expect(await (await sendForm(under, inForm, {}, PATH)).json()).toMatchObject({ active: true });
    const client = await addKeyClient(under, [await testKey('ES256')]);
    const assertion = {
      token,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await signAssertion(client.id),
    };
    expect(await (await sendForm(under, assertion, {}, PATH)).json()).toMatchObject({ active: true });
    expect((await sendForm(under, assertion, {}, PATH)).status).toBe(401);
  });

  it('is who has another access token with the scope introspect', async () => {
    const under = await start();
    const asking = await clientToken(under, ['introspect']);
    const { accessToken: token } = await under.logIn('patient');
    const response = await sendForm(under, { token }, { ...bearer(asking.token), accept: SIGNED }, PATH);
    expect(decodeJwt(await response.text())).toMatchObject({ aud: asking.id });
  });

  it('is not who has a token without the scope, which is recorded', async () => {
    const under = await start();
    const { accessToken } = await under.logIn('doctor');
    const response = await sendForm(under, { token: 'x' }, bearer(accessToken), PATH);
    expect(response.status).toBe(403);
    expect(response.headers.get('www-authenticate')).toBe(
      'Bearer error="insufficient_scope", scope="introspect"',
    );
    expect(await response.json()).toMatchObject({ error: 'insufficient_scope' });
    expect(under.recorded.at(-1)).toMatchObject({
      type: 'access.refused',
      reason: 'scope_missing',
      actor: { kind: 'user' },
    });
  });

  it('is not who has a token that is not good, of another issuer, or the very one that is asked about', async () => {
    const under = await start();
    const asking = await clientToken(under, ['introspect']);
    const { cookie } = await under.logInWithCookie('doctor');
    const sessionToken = cookie.split('=')[1] ?? '';
    const bad = ['x', `${asking.token}x`, sessionToken, await foreign({ scope: 'introspect' })];
    const tokens = [asking.token, ...bad];
    for (const own of tokens) {
      const response = await sendForm(under, { token: asking.token }, bearer(own), PATH);
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe(
        'Basic realm="wardgate", charset="UTF-8", Bearer error="invalid_token"',
      );
      expect(await response.json()).toMatchObject({ error: 'invalid_token' });
    }
    await under.stores.clients.change(asking.id, { disabled: true });
    expect((await sendForm(under, { token: 'x' }, bearer(asking.token), PATH)).status).toBe(401);
  });

  it('is nobody without a credential, nor with two', async () => {
    const under = await start();
    const { id, secret } = under;
    const { token: own } = await clientToken(under, ['introspect']);
    const anonymous = await sendForm(under, { token: 'x' }, {}, PATH);
    expect(anonymous.status).toBe(401);
    expect(anonymous.headers.get('www-authenticate')).toBe('Basic realm="wardgate", charset="UTF-8"');
    const { cookie } = await under.logInWithCookie('admin');
    expect((await sendForm(under, { token: 'x' }, { cookie }, PATH)).status).toBe(401);
    const inForm = { token: 'x', client_id: id, client_secret: secret };
    for (const header of [bearer(own), basic(id, secret)])
      expect((await sendForm(under, inForm, header, PATH)).status).toBe(400);
  });
});

describe('the request', () => {
  it.each([
    ['no token', ''],
    ['an empty token', 'token='],
    ['a token that stands twice', 'token=x&token=x'],
    ['a hint that stands twice', 'token=x&token_type_hint=a&token_type_hint=b'],
    ['a bad escape', 'token=%zz'],
  ])('with %s is refused', async (_what, form) => {
    const { ask } = await start();
    const response = await ask(form);
    expect(response.status).toBe(400);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({ error: 'invalid_request' });
  });

  it('in JSON, or with a query, is refused, and by GET is 405 with what is allowed', async () => {
    const under = await start();
    const own = basic(under.id, under.secret);
    expect((await under.send('POST', PATH, { headers: own, body: { token: 'x' } })).status).toBe(400);
    expect((await sendForm(under, { token: 'x' }, own, `${PATH}?token=x`)).status).toBe(400);
    const got = await under.send('GET', PATH, { headers: own });
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('finds a token whatever the hint says', async () => {
    const { ask, logIn } = await start();
    const { accessToken: token } = await logIn('patient');
    for (const hint of ['access_token', 'refresh_token', 'api_key', 'constructor', '☃'])
      expect(await (await ask({ token, token_type_hint: hint })).json()).toMatchObject({ active: true });
  });

  it('leaves nothing of the token in logs, audit events and errors', async () => {
    const under = await start();
    const { accessToken } = await under.logIn('patient');
    const [, , signature = ''] = accessToken.split('.');
    await under.about(accessToken);
    await under.about(`${accessToken}x`);
    const refused = await sendForm(under, { token: accessToken }, bearer(`${accessToken}x`), PATH);
    const written = under.logged.join() + JSON.stringify(under.recorded) + (await refused.text());
    expect(written).not.toContain(signature.slice(0, 20));
  });
});

describe('what cannot be told', () => {
  it('is answered 503, and never that the token is not active', async () => {
    const under = await start();
    const { accessToken } = await under.logIn('patient');
    const { cookie } = await under.logInWithCookie('doctor');
    expect((await under.ask({ token: 'x' })).status).toBe(200);
    const down = () => Promise.reject(new UnavailableError('database', 'down'));
    Object.assign(under.stores.sessions, { findActiveById: down, findActiveByTokenHash: down });
    for (const token of [accessToken, cookie.split('=')[1] ?? '']) {
      const response = await under.ask({ token });
      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).toBe('5');
      expect(await response.json()).toMatchObject({ error: 'temporarily_unavailable' });
    }
    expect(under.introspections.all().get('unavailable')).toBe(2);
    Object.assign(under.stores.clients, { findCredentials: down });
    under.clock.advanceSeconds(2);
    expect((await under.ask({ token: 'x' })).status).toBe(503);
  });

  it('is not what was confirmed while what is known of revocations is current', async () => {
    const under = await start();
    const { accessToken } = await under.logIn('patient');
    await under.about(accessToken);
    Object.assign(under.stores.sessions, {
      findActiveById: () => Promise.reject(new UnavailableError('database', 'down')),
    });
    under.clock.advanceSeconds(5);
    expect(JSON.parse(await under.about(accessToken)).active).toBe(true);
    under.tokens.isCurrent = false;
    expect((await under.ask({ token: accessToken })).status).toBe(503);
  });
});

describe('the cost', () => {
  it('of a token and a secret that were seen just now is no question to the stores', async () => {
    const under = await start();
    const { accessToken } = await under.logIn('patient');
    const { cookie } = await under.logInWithCookie('doctor');
    const tokens = [accessToken, cookie.split('=')[1] ?? '', await foreign()];
    const first = await Promise.all(tokens.map(under.about));
    const asked = watchStores(under);
    expect(await Promise.all(tokens.map(under.about))).toEqual(first);
    expect(asked).toEqual([]);
    expect(under.introspections.all().get('active_at_once')).toBeGreaterThanOrEqual(3);
  });

  it('of an access token that was confirmed is none either, as long as what is known of revocations is current', async () => {
    const under = await start();
    const { accessToken } = await under.logIn('patient');
    await under.about(accessToken);
    under.clock.advanceSeconds(120);
    const asked = watchStores(under);
    await under.about(accessToken);
    expect(asked).toEqual(['clients.findCredentials']);
    under.tokens.isCurrent = false;
    await under.about(accessToken);
    // The store in memory asks others in its turn.
    expect(asked.slice(0, 2)).toEqual(['clients.findCredentials', 'subjectStanding.findStanding']);
  });

  it('of many who come at once with one secret is one question, and of a refused one each its own', async () => {
    const under = await start();
    const asked = watchStores(under);
    await Promise.all(Array.from({ length: 20 }, () => under.about('x')));
    expect(asked).toEqual(['clients.findCredentials']);
    const wrong = basic(under.id, 'wrong');
    const refused = Array.from({ length: 5 }, () => sendForm(under, { token: 'x' }, wrong, PATH));
    expect((await Promise.all(refused)).map(({ status }) => status)).toEqual([401, 401, 401, 401, 401]);
    expect(asked).toHaveLength(6);
    expect(under.recorded.filter(({ reason }) => reason === 'secret_wrong')).toHaveLength(5);
  });

  it('of a refused secret is a question each time', async () => {
    const under = await start();
    const asked = watchStores(under);
    for (let times = 0; times < 3; times += 1)
      expect((await sendForm(under, { token: 'x' }, basic(under.id, 'wrong'), PATH)).status).toBe(401);
    expect(asked).toEqual(Array.from({ length: 3 }, () => 'clients.findCredentials'));
  });
});
