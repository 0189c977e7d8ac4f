import { describe, expect, it } from 'vitest';
import { UnavailableError } from '../../../src/lib/unavailable-error.ts';
import { type CoreUnderTest, PASSWORD, startCoreApp } from '../../support/core/core-app.ts';

const ME = '/v1/auth/me';
const PASSWORD_PATH = '/v1/auth/password';
const NEXT = 'seven green kettles sing';
const change = { currentPassword: PASSWORD, newPassword: NEXT };
const REQUEST = { requestId: 'req-1', clientAddress: '192.0.2.7' };

async function statusOfLogIn({ send }: CoreUnderTest, password: string): Promise<number> {
  return (await send('POST', '/v1/auth/sessions', { body: { login: 'doctor', password } })).status;
}

describe('PATCH /v1/auth/me', () => {
  it('changes username and display name, and null removes the latter', async () => {
    const { send, logIn, recorded } = await startCoreApp();
    const { accessToken: token, sessionId } = await logIn('doctor');
    const body = { username: 'dr.jo', displayName: 'Dr. Jo Döe' };
    const response = await send('PATCH', ME, { token, body });
    expect(response.status).toBe(200);
    const { user } = await response.json();
    expect(user).toMatchObject({ ...body, email: 'doctor@demo.test', roles: ['doctor'], doctorId: 'd-200' });
    expect(recorded.filter(({ type }) => type === 'user.updated')).toEqual([
      {
        type: 'user.updated',
        outcome: 'success',
        actor: { kind: 'user', id: user.id },
        target: { kind: 'user', id: user.id },
        sessionId,
        request: REQUEST,
        details: { changed: ['username', 'displayName'] },
      },
    ]);
    const removed = await (await send('PATCH', ME, { token, body: { displayName: null } })).json();
    expect(removed.user).not.toHaveProperty('displayName');
    expect(removed.user.username).toBe('dr.jo');
    expect(await (await send('GET', ME, { token })).json()).toEqual(removed);
  });

  it('takes the own username in another case and answers 409 for the one of another', async () => {
    const { send, logIn, recorded } = await startCoreApp();
    const { accessToken: token } = await logIn('doctor');
    expect((await send('PATCH', ME, { token, body: { username: 'Doctor' } })).status).toBe(200);
    const taken = await send('PATCH', ME, { token, body: { username: 'PATIENT' } });
    expect(taken.status).toBe(409);
    expect(await taken.json()).toMatchObject({ code: 'conflict', member: 'username' });
    expect(recorded.at(-1)).toMatchObject({ outcome: 'refused', reason: 'username_taken' });
  });

  it.each([
    ['nothing', {}],
    ['roles', { roles: ['admin'] }],
    ['a link', { patientId: 'p-1' }],
    ['an address', { email: 'other@demo.test' }],
    ['a password', { password: NEXT }],
    ['an end of being disabled', { username: 'x', disabled: false }],
    ['a username that is null', { username: null }],
    ['a username with an at sign', { username: 'patient@demo.test' }],
    ['an endless display name', { displayName: 'x'.repeat(129) }],
    ['a display name with a control', { displayName: 'a\0b' }],
  ])('answers 400 to a body with %s', async (_what, body) => {
    const { send, logIn, stores } = await startCoreApp();
    const { accessToken: token } = await logIn('doctor');
    const before = await stores.users.findByLogin('doctor');
    expect((await send('PATCH', ME, { token, body })).status).toBe(400);
    expect(await stores.users.findByLogin('doctor')).toEqual(before);
  });

  it('answers 401 for a user who is deleted while it is changed', async () => {
    const { send, logIn, stores, recorded } = await startCoreApp();
    const { accessToken: token } = await logIn('doctor');
    Object.assign(stores.users, { update: async () => ({ kind: 'not_found' }) });
    expect((await send('PATCH', ME, { token, body: { username: 'x' } })).status).toBe(401);
    expect(recorded.at(-1)).toMatchObject({ outcome: 'refused', reason: 'user_gone' });
  });
});

describe('POST /v1/auth/password', () => {
  it('changes the password and ends the other sessions of that user alone', async () => {
    const started = await startCoreApp();
    const { core, send, logIn, recorded, logged } = started;
    const heard: string[] = [];
    core.endings.onSessionEnded((sessionId) => heard.push(sessionId));
    const [one, other, patient] = [await logIn('doctor'), await logIn('doctor'), await logIn('patient')];
    const response = await send('POST', PASSWORD_PATH, { token: one.accessToken, body: change });
    expect(response.status).toBe(204);
    expect(await response.text()).toBe('');
    expect(heard).toEqual([other.sessionId]);
    for (const [token, status] of [
      [one.accessToken, 200],
      [other.accessToken, 401],
      [patient.accessToken, 200],
    ] as const)
      expect((await send('GET', ME, { token })).status).toBe(status);
    expect([await statusOfLogIn(started, PASSWORD), await statusOfLogIn(started, NEXT)]).toEqual([401, 201]);
    const event = recorded.find(({ type }) => type === 'user.password_changed');
    expect(event).toMatchObject({ outcome: 'success', sessionId: one.sessionId, request: REQUEST });
    expect(event?.actor).toEqual(event?.target);
    expect(JSON.stringify([recorded, logged])).not.toMatch(/kettles|passphrase/);
  });

  it('answers 403 to a wrong current password, and nothing changes', async () => {
    const started = await startCoreApp();
    const { send, logIn, recorded } = started;
    const [{ accessToken: token }, other] = [await logIn('doctor'), await logIn('doctor')];
    for (const currentPassword of ['wrong', 'ﬁ'.repeat(300)]) {
      const response = await send('POST', PASSWORD_PATH, { token, body: { ...change, currentPassword } });
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ code: 'password_wrong' });
      expect(recorded.at(-1)).toMatchObject({ type: 'user.password_changed', outcome: 'refused' });
    }
    expect((await send('GET', ME, { token: other.accessToken })).status).toBe(200);
    expect([await statusOfLogIn(started, PASSWORD), await statusOfLogIn(started, NEXT)]).toEqual([201, 401]);
  });

  it.each([
    ['too_short', 'fourteen chars'],
    ['too_long', 'green kettles '.repeat(20)],
    ['too_common', 'iloveyouforever'],
    ['contains_context', 'doctor@demo.test'],
  ])('answers 422 to a new password that is %s, and nothing changes', async (fault, newPassword) => {
    const started = await startCoreApp();
    const { accessToken: token } = await started.logIn('doctor');
    const response = await started.send('POST', PASSWORD_PATH, { token, body: { ...change, newPassword } });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: 'password_unacceptable', reasons: [fault] });
    expect(await statusOfLogIn(started, PASSWORD)).toBe(201);
  });

  it('answers 409 where another request changes the password meanwhile, and that one stays', async () => {
    const { send, logIn, stores, hasher, recorded } = await startCoreApp();
    const [{ accessToken: token }, other] = [await logIn('doctor'), await logIn('doctor')];
    const { id = '' } = (await stores.users.findByLogin('doctor')) ?? {};
    const hash = async (password: string) => {
      await stores.users.setPasswordHash(id, 'plain:of another request');
      return `plain:${password}`;
    };
    Object.assign(hasher, { hash });
    const response = await send('POST', PASSWORD_PATH, { token, body: change });
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ code: 'conflict' });
    expect((await stores.users.findById(id))?.passwordHash).toBe('plain:of another request');
    expect((await send('GET', ME, { token: other.accessToken })).status).toBe(200);
    expect(recorded.at(-1)).toMatchObject({ outcome: 'refused', reason: 'changed_meanwhile' });
  });

  it('answers 503 while passwords cannot be checked', async () => {
    const { send, logIn, hasher } = await startCoreApp();
    const { accessToken: token } = await logIn('doctor');
    hasher.failWith = new UnavailableError('password_hashing', 'busy');
    expect((await send('POST', PASSWORD_PATH, { token, body: change })).status).toBe(503);
  });

  it('answers 403 for a user without a password', async () => {
    const { send, logIn, stores } = await startCoreApp();
    const { accessToken: token } = await logIn('doctor');
    const user = await stores.users.findByLogin('doctor');
    Object.assign(stores.users, { findById: async () => ({ ...user, passwordHash: undefined }) });
    expect((await send('POST', PASSWORD_PATH, { token, body: change })).status).toBe(403);
  });

  it.each([
    ['no current password', { newPassword: NEXT }],
    ['no new password', { currentPassword: PASSWORD }],
    ['another user', { ...change, userId: `usr_${'0'.repeat(32)}` }],
    ['an endless password', { ...change, newPassword: 'x'.repeat(1025) }],
  ])('answers 400 to a body with %s', async (_what, body) => {
    const { send, logIn } = await startCoreApp();
    const { accessToken: token } = await logIn('doctor');
    expect((await send('POST', PASSWORD_PATH, { token, body })).status).toBe(400);
  });
});

describe.each([
  ['PATCH', ME, { displayName: 'Jo' }],
  ['POST', PASSWORD_PATH, change],
] as const)('%s %s', (method, path, body) => {
  it('needs one credential that is valid', async () => {
    const { send } = await startCoreApp();
    const cookie = '__Host-wardgate_session=y';
    expect((await send(method, path, { body })).status).toBe(401);
    expect((await send(method, path, { body, token: 'x.y.z' })).status).toBe(401);
    expect((await send(method, path, { body, token: 'x', headers: { cookie } })).status).toBe(400);
  });

  it('takes the session cookie from pages of our own origin alone', async () => {
    const { send, logInWithCookie } = await startCoreApp();
    const { cookie } = await logInWithCookie('doctor');
    const from = (origin: string) => send(method, path, { body, headers: { cookie, origin } });
    const foreign = await from('https://evil.test');
    expect(foreign.status).toBe(403);
    expect(await foreign.json()).toMatchObject({ code: 'origin_mismatch' });
    expect((await from('https://gate.test')).ok).toBe(true);
  });

  it('answers 413 to a body that is too large and 415 to one that is not JSON', async () => {
    const { send, logIn } = await startCoreApp();
    const { accessToken: token } = await logIn('doctor');
    const large = { ...body, displayName: 'x'.repeat(17 * 1024) };
    expect((await send(method, path, { body: large, token })).status).toBe(413);
    const headers = { 'content-type': 'text/plain' };
    expect((await send(method, path, { body: JSON.stringify(body), token, headers })).status).toBe(415);
  });

  it('answers 503 while the store cannot tell', async () => {
    const { send, logIn, stores } = await startCoreApp();
    const { accessToken: token } = await logIn('doctor');
    const down = () => Promise.reject(new UnavailableError('database', 'down'));
    Object.assign(stores.users, { update: down, setPasswordHash: down });
    expect((await send(method, path, { body, token })).status).toBe(503);
  });
});
