import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { GUESS_LIMITS } from '../../../src/core/passwords/guess-limiter.ts';
import { UnavailableError } from '../../../src/lib/unavailable-error.ts';
import { PASSWORD, startCoreApp } from '../../support/core/core-app.ts';

const SESSIONS = '/v1/auth/sessions';

describe('POST /v1/auth/sessions', () => {
  it.each([
    { login: 'doctor@demo.test' },
    { login: 'DOCTOR' },
    { email: 'Doctor@Demo.test' },
    { username: 'doctor' },
  ])('answers 201 with an access and a refresh token, the user and the session for %j', async (name) => {
    const { send } = await startCoreApp();
    const response = await send('POST', SESSIONS, { body: { ...name, password: PASSWORD } });
    expect(response.status).toBe(201);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('set-cookie')).toBeNull();
    const body = await response.json();
    expect(Object.keys(body).sort()).toEqual(['accessToken', 'expiresIn', 'refreshToken', 'session', 'user']);
    expect(response.headers.get('location')).toBe(`/v1/auth/sessions/${body.session.id}`);
    expect(body.expiresIn).toBe(900);
    expect(body.user).toMatchObject({ email: 'doctor@demo.test', roles: ['doctor'], doctorId: 'd-200' });
    expect(JSON.stringify(body)).not.toContain('plain:');
    expect(body.session).toMatchObject({ transport: 'bearer', current: true, clientAddress: '192.0.2.7' });
  });

  it('issues exactly the claims of our access tokens, as at+jwt', async () => {
    const { clock, logIn } = await startCoreApp();
    const { accessToken, sessionId } = await logIn('doctor');
    const now = clock.now() / 1000;
    expect(decodeProtectedHeader(accessToken)).toEqual({
      alg: 'ES256',
      typ: 'at+jwt',
      kid: expect.stringMatching(/^key_[0-9a-f]{32}$/),
    });
    expect(decodeJwt(accessToken)).toEqual({
      iss: 'https://gate.test',
      aud: 'clinic',
      sub: expect.stringMatching(/^usr_[0-9a-f]{32}$/),
      client_id: 'wardgate',
      iat: now,
      exp: now + 900,
      jti: expect.stringMatching(/^jti_[0-9a-f]{32}$/),
      sid: sessionId,
      scope: 'alerts:read patients:read',
      roles: ['doctor'],
      username: 'doctor',
      auth_time: now,
      acr: 'aal1',
      amr: ['pwd'],
      doctor_id: 'd-200',
    });
  });

  it('links a patient by claim, and leaves the claim out where there is no link', async () => {
    const { logIn } = await startCoreApp();
    expect(decodeJwt((await logIn('patient')).accessToken)).toMatchObject({ patient_id: 'p-100', scope: '' });
    const claims = decodeJwt((await logIn('admin')).accessToken);
    expect(claims).not.toHaveProperty('patient_id');
    expect(claims).not.toHaveProperty('doctor_id');
  });

  it('answers unknown, wrong and disabled alike, with the same work, and the log alone knows which', async () => {
    const { send, stores, hasher, logged } = await startCoreApp();
    const admin = await stores.users.findByLogin('admin');
    stores.users.disable(admin?.id ?? '');
    await stores.users.create({
      email: 'federated@demo.test',
      username: 'federated',
      passwordHash: undefined,
      roles: [],
      patientId: undefined,
      doctorId: undefined,
    });
    const seen = [];
    for (const body of [
      { login: 'nobody', password: PASSWORD },
      { login: 'doctor', password: 'wrong' },
      { login: 'admin', password: PASSWORD },
      { login: 'federated', password: PASSWORD },
    ]) {
      const response = await send('POST', SESSIONS, { body });
      seen.push({ status: response.status, headers: [...response.headers], body: await response.text() });
    }
    expect(new Set(seen.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(seen[0]?.status).toBe(401);
    expect(JSON.parse(seen[0]?.body ?? '')).toMatchObject({
      code: 'invalid_credentials',
      request_id: 'req-1',
    });
    expect(Object.fromEntries(seen[0]?.headers ?? [])).toMatchObject({
      'www-authenticate': 'Bearer',
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
    });
    expect(hasher.verified).toHaveLength(4);
    expect(logged.map((line) => JSON.parse(line).because)).toEqual([
      'user_unknown',
      'password_wrong',
      'user_disabled',
      'password_unset',
    ]);
  });

  it('never writes a password, a token or a login name to the log', async () => {
    const { send, logIn, logInWithCookie, logged } = await startCoreApp();
    await send('POST', SESSIONS, { body: { login: 'secret-login', password: 'secret-password' } });
    const { accessToken } = await logIn('doctor');
    const { cookie } = await logInWithCookie('doctor');
    const text = logged.join('\n');
    expect(logged).toHaveLength(3);
    expect(logged.map((line) => Object.keys(JSON.parse(line)).sort().join())).toEqual([
      'because,level,message,request_id',
      'level,message,request_id,session_id,transport,user_id',
      'level,message,request_id,session_id,transport,user_id',
    ]);
    for (const secret of [
      'secret-login',
      'secret-password',
      PASSWORD,
      accessToken,
      cookie.split('=')[1] ?? '',
    ])
      expect(text).not.toContain(secret);
  });

  it('takes a password in any Unicode form', async () => {
    const { send, stores, hasher } = await startCoreApp();
    await stores.users.create({
      email: 'n@demo.test',
      username: 'n',
      passwordHash: await hasher.hash('caf\u00e9'),
      roles: [],
      patientId: undefined,
      doctorId: undefined,
    });
    const response = await send('POST', SESSIONS, { body: { login: 'n', password: 'cafe\u0301' } });
    expect(response.status).toBe(201);
  });

  it.each([
    ['no name', { password: 'x' }],
    ['two names', { login: 'a', email: 'a', password: 'x' }],
    ['no password', { login: 'a' }],
    ['an empty password', { login: 'a', password: '' }],
    ['a password of 1025 characters', { login: 'a', password: 'x'.repeat(1025) }],
    ['an unknown member', { login: 'a', password: 'x', admin: true }],
    ['an unknown transport', { login: 'a', password: 'x', transport: 'header' }],
    ['a NUL in the name', { login: 'a\u0000', password: 'x' }],
    ['a password that is not a text', { login: 'a', password: { $ne: '' } }],
    ['a list', []],
    ['null', null],
    ['malformed JSON', '{"login":'],
    ['an empty body', ''],
  ])('answers 400 for %s, without repeating it', async (_, body) => {
    const { send, hasher } = await startCoreApp();
    const response = await send('POST', SESSIONS, { body });
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const problem = await response.json();
    expect(problem.code).toBe('invalid_request');
    expect(Object.keys(problem).sort()).toEqual(['code', 'request_id', 'status', 'title', 'type']);
    expect(hasher.verified).toEqual([]);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp'])(
    'answers 415 for a body of %s',
    async (type) => {
      const { send } = await startCoreApp();
      const body = JSON.stringify({ login: 'doctor', password: PASSWORD });
      const response = await send('POST', SESSIONS, { body, headers: { 'content-type': type } });
      expect(response.status).toBe(415);
      expect(await response.json()).toMatchObject({ code: 'unsupported_media_type' });
    },
  );

  it('answers 413 for a body above 16 KiB, also where its length was not said', async () => {
    const { app, send } = await startCoreApp();
    const body = JSON.stringify({ login: 'a', password: 'x'.repeat(16 * 1024) });
    const headers = { 'content-type': 'application/json' };
    const said = await send('POST', SESSIONS, { body, headers: { 'content-length': String(body.length) } });
    const unsaid = await app.request(
      SESSIONS,
      { method: 'POST', headers, body },
      { requestId: 'r', clientAddress: undefined },
    );
    for (const response of [said, unsaid]) {
      expect(response.status).toBe(413);
      expect(await response.json()).toMatchObject({ code: 'payload_too_large' });
    }
  });

  it('answers 429 with Retry-After to too many wrong guesses, and then to the right password as well', async () => {
    const { send } = await startCoreApp();
    const guess = (password: string) =>
      send('POST', SESSIONS, { body: { login: 'doctor@demo.test', password } });
    for (let count = 0; count < GUESS_LIMITS.pair.points; count += 1)
      expect((await guess(`wrong guess ${count}`)).status).toBe(401);
    for (const password of ['one more wrong guess', PASSWORD]) {
      const refused = await guess(password);
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await refused.json()).toMatchObject({ code: 'too_many_requests' });
    }
  });

  it('answers 503 with Retry-After while passwords cannot be hashed', async () => {
    const { send, hasher } = await startCoreApp();
    hasher.failWith = new UnavailableError('password_hashing', 'full of secrets');
    const response = await send('POST', SESSIONS, { body: { login: 'doctor', password: PASSWORD } });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(await response.text()).not.toContain('secrets');
  });

  it('answers a plain 500 for a bug, and logs it without its message', async () => {
    const { send, hasher, logged } = await startCoreApp();
    hasher.failWith = new TypeError('full of secrets');
    const response = await send('POST', SESSIONS, { body: { login: 'doctor', password: PASSWORD } });
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ code: 'internal_error', request_id: 'req-1' });
    expect(JSON.parse(logged.join())).toMatchObject({
      request_id: 'req-1',
      error: 'TypeError',
      at: expect.stringMatching(/^at /),
    });
    expect(logged.join()).not.toContain('secrets');
  });

  it('issues no token for a stored role that could become two', async () => {
    const { send, stores, hasher } = await startCoreApp();
    const passwordHash = await hasher.hash(PASSWORD);
    await stores.users.create({
      email: 'x@demo.test',
      username: 'x',
      passwordHash,
      roles: ['a,admin'],
      patientId: undefined,
      doctorId: undefined,
    });
    const response = await send('POST', SESSIONS, { body: { login: 'x', password: PASSWORD } });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('accessToken');
  });
});
