import { describe, expect, it } from 'vitest';
import { UnavailableError } from '../../../src/lib/unavailable-error.ts';
import { startCoreApp } from '../../support/core/core-app.ts';

const USERS = '/v1/users';
const NEW_USER = { email: 'Jo@Clinic.test', username: 'jo', roles: ['nurse'] };
const GOOD_PASSWORD = 'quartz-lantern-mosaic-71';
const NOBODY = `usr_${'0'.repeat(32)}`;
const EVERY_ROUTE = [
  ['GET', ''],
  ['POST', ''],
  ['GET', `/${NOBODY}`],
  ['PATCH', `/${NOBODY}`],
  ['DELETE', `/${NOBODY}`],
  ['GET', `/${NOBODY}/sessions`],
  ['DELETE', `/${NOBODY}/sessions`],
] as const;

async function startAsAdmin() {
  const started = await startCoreApp();
  const { accessToken: token } = await started.logIn('admin');
  const idOf = async (login: string) => (await started.stores.users.findByLogin(login))?.id ?? '';
  const ask = (method: string, path: string, body?: unknown) =>
    started.send(method, `${USERS}${path}`, { token, body });
  const isIn = async (credential: string) =>
    (await started.send('GET', '/v1/auth/me', { token: credential })).status === 200;
  return { ...started, ask, idOf, isIn };
}

describe('/v1/users', () => {
  it('is for administrators alone, by the roles that stand in the store', async () => {
    const { send, logIn, ask, idOf, stores } = await startAsAdmin();
    const { accessToken: token } = await logIn('doctor');
    for (const [method, path] of EVERY_ROUTE) {
      expect((await send(method, `${USERS}${path}`)).status, `${method} ${path}`).toBe(401);
      const refused = await send(method, `${USERS}${path}`, { token });
      expect(refused.status, `${method} ${path}`).toBe(403);
      expect(await refused.json()).toMatchObject({ code: 'role_missing' });
    }
    await stores.users.update(await idOf('doctor'), { roles: ['admin'] });
    await stores.users.update(await idOf('admin'), { roles: [] });
    expect((await ask('GET', '')).status).toBe(403);
  });

  it('answers 503 on every path while the store cannot tell', async () => {
    const { ask, stores } = await startAsAdmin();
    const down = () => Promise.reject(new UnavailableError('database', 'down'));
    Object.assign(stores.sessions, { findActiveById: down });
    for (const [method, path] of EVERY_ROUTE)
      expect((await ask(method, path)).status, `${method} ${path}`).toBe(503);
  });

  it('answers 404 for users that are not there, whatever the id looks like', async () => {
    const { ask, recorded } = await startAsAdmin();
    for (const id of [NOBODY, 'x', '%00', "'--"])
      for (const [method, path, body] of [
        ['GET', ''],
        ['PATCH', '', { disabled: true }],
        ['DELETE', ''],
        ['GET', '/sessions'],
        ['DELETE', '/sessions'],
      ] as const)
        expect((await ask(method, `/${id}${path}`, body)).status, `${method} ${id}`).toBe(404);
    expect(recorded.at(-1)).toMatchObject({ outcome: 'refused', reason: 'not_found' });
  });
});

describe('GET /v1/users', () => {
  it('goes through all users page by page', async () => {
    const { ask } = await startAsAdmin();
    const first = await (await ask('GET', '?limit=2')).json();
    expect(first.users).toHaveLength(2);
    const rest = await (await ask('GET', `?limit=2&cursor=${first.nextCursor}`)).json();
    expect(rest.users).toHaveLength(1);
    expect(rest).not.toHaveProperty('nextCursor');
    const names = [...first.users, ...rest.users].map(({ username }) => username);
    expect(names.sort()).toEqual(['admin', 'doctor', 'patient']);
  });

  it('finds by text and by role, and shows no password hash', async () => {
    const { ask } = await startAsAdmin();
    const response = await ask('GET', '?search=DOCTOR&role=doctor');
    const text = await response.text();
    expect(JSON.parse(text).users).toMatchObject([
      { username: 'doctor', doctorId: 'd-200', disabled: false },
    ]);
    expect(text).not.toContain('plain:');
    expect((await (await ask('GET', '?role=nurse')).json()).users).toEqual([]);
  });

  it.each([
    'limit=0',
    'limit=101',
    'limit=0x10',
    'limit=',
    'cursor=x',
    `cursor=${btoa('1.usr_1')}`,
    `cursor=${btoa(`99999999999999.${NOBODY}`)}`,
    'role=a,admin',
    'search=%00',
    'sort=email',
    'limit=1&limit=2',
  ])('answers 400 to ?%s', async (query) => {
    const { ask } = await startAsAdmin();
    expect((await ask('GET', `?${query}`)).status).toBe(400);
  });
});

describe('POST /v1/users', () => {
  it('creates a user who can log in, and records it', async () => {
    const { ask, send, recorded, idOf } = await startAsAdmin();
    const response = await ask('POST', '', { ...NEW_USER, password: GOOD_PASSWORD, doctorId: 'd-7' });
    expect(response.status).toBe(201);
    const { user } = await response.json();
    expect(user).toMatchObject({
      email: 'jo@clinic.test',
      roles: ['nurse'],
      doctorId: 'd-7',
      disabled: false,
    });
    const logIn = await send('POST', '/v1/auth/sessions', { body: { login: 'jo', password: GOOD_PASSWORD } });
    expect(logIn.status).toBe(201);
    const actor = { kind: 'user', id: await idOf('admin') };
    const target = { kind: 'user', id: user.id };
    expect(recorded).toContainEqual(expect.objectContaining({ type: 'user.created', actor, target }));
    expect(JSON.stringify(recorded)).not.toContain(GOOD_PASSWORD);
  });

  it('names the member that is taken, never its value', async () => {
    const { ask } = await startAsAdmin();
    for (const [member, taken] of [
      ['email', { email: 'DOCTOR@demo.test' }],
      ['username', { username: 'Doctor' }],
      ['patientId', { patientId: 'p-100' }],
      ['doctorId', { doctorId: 'd-200' }],
    ] as const) {
      const response = await ask('POST', '', { ...NEW_USER, ...taken });
      expect(response.status).toBe(409);
      const text = await response.text();
      expect(JSON.parse(text)).toMatchObject({ code: 'conflict', member });
      expect(text).not.toContain(Object.values(taken)[0]);
    }
  });

  it('answers 422 to a weak password, and creates nobody', async () => {
    const { ask, stores } = await startAsAdmin();
    const response = await ask('POST', '', { ...NEW_USER, password: 'short' });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: 'password_unacceptable', reasons: ['too_short'] });
    expect(await stores.users.findByLogin('jo')).toBeUndefined();
  });

  it.each([
    ['an at sign in the username', { username: 'doctor@demo.test' }],
    ['a username like a user id', { username: NOBODY }],
    ['a username like a client id', { username: 'CLI_x' }],
    ['a control character', { username: 'a\u0000b' }],
    ['a role that is two', { roles: ['a,admin'] }],
    ['a link with a line break', { patientId: 'p\r\nX-User-Roles: admin' }],
    ['two addresses', { email: 'a@b.test,c@d.test' }],
    ['a member that nobody knows', { isAdmin: true }],
    ['a password hash', { passwordHash: 'plain:x' }],
  ])('answers 400 to %s', async (_name, member) => {
    const { ask } = await startAsAdmin();
    expect((await ask('POST', '', { ...NEW_USER, ...member })).status).toBe(400);
  });

  it('answers 413 to a large body and 415 to one that is not JSON', async () => {
    const { ask, send, logIn } = await startAsAdmin();
    expect((await ask('POST', '', { ...NEW_USER, displayName: 'x'.repeat(20_000) })).status).toBe(413);
    const { accessToken: token } = await logIn('admin');
    const headers = { 'content-type': 'text/plain' };
    expect((await send('POST', USERS, { token, headers, body: 'x' })).status).toBe(415);
  });
});

describe('PATCH /v1/users/{id}', () => {
  it('changes what is named and keeps what is not', async () => {
    const { ask, idOf } = await startAsAdmin();
    const change = {
      displayName: 'Dr. Who',
      username: 'who',
      email: 'WHO@demo.test',
      roles: ['doctor', 'x'],
    };
    const response = await ask('PATCH', `/${await idOf('doctor')}`, change);
    expect(response.status).toBe(200);
    const { user } = await response.json();
    expect(user).toMatchObject({ ...change, email: 'who@demo.test', doctorId: 'd-200' });
    const emptied = await ask('PATCH', `/${user.id}`, { displayName: null, doctorId: null });
    expect((await emptied.json()).user).not.toHaveProperty('displayName');
    const read = await (await ask('GET', `/${user.id}`)).json();
    expect(read.user).not.toHaveProperty('doctorId');
  });

  it.each([
    ['disabling', { disabled: true }],
    ['the removal of a role', { roles: ['other'] }],
    ['another link', { doctorId: 'd-9' }],
    ['the removal of a link', { doctorId: null }],
    ['a first link', { patientId: 'p-9' }],
  ])('ends all sessions of the user by %s, those of others stand', async (_name, change) => {
    const { ask, idOf, isIn, logIn, core } = await startAsAdmin();
    const heard: string[] = [];
    core.endings.onSessionEnded((sessionId) => heard.push(sessionId));
    const [one, two, other] = [await logIn('doctor'), await logIn('doctor'), await logIn('patient')];
    expect((await ask('PATCH', `/${await idOf('doctor')}`, change)).status).toBe(200);
    expect(heard.sort()).toEqual([one.sessionId, two.sessionId].sort());
    expect(await isIn(one.accessToken)).toBe(false);
    expect(await isIn(other.accessToken)).toBe(true);
  });

  it('ends no session for a role that is added or a new name', async () => {
    const { ask, idOf, isIn, logIn } = await startAsAdmin();
    const { accessToken } = await logIn('doctor');
    const change = { roles: ['doctor', 'surgeon'], username: 'who', doctorId: 'd-200' };
    expect((await ask('PATCH', `/${await idOf('doctor')}`, change)).status).toBe(200);
    expect(await isIn(accessToken)).toBe(true);
  });

  it('has ended the sessions when the change is lost midway', async () => {
    const { ask, idOf, isIn, logIn, stores } = await startAsAdmin();
    const { accessToken } = await logIn('doctor');
    const id = await idOf('doctor');
    Object.assign(stores.users, { update: () => Promise.reject(new UnavailableError('database', 'down')) });
    expect((await ask('PATCH', `/${id}`, { roles: [] })).status).toBe(503);
    expect(await isIn(accessToken)).toBe(false);
  });

  it('answers 409 for what is taken, and 400, 413 and 415 for bodies that are none', async () => {
    const { ask, idOf, send, logIn } = await startAsAdmin();
    const path = `/${await idOf('doctor')}`;
    const taken = await ask('PATCH', path, { username: 'patient' });
    expect(taken.status).toBe(409);
    expect(await taken.json()).toMatchObject({ code: 'conflict', member: 'username' });
    for (const body of [{}, { id: NOBODY }, { roles: null }, { username: 'apk_1' }])
      expect((await ask('PATCH', path, body)).status).toBe(400);
    expect((await ask('PATCH', path, { displayName: 'x'.repeat(20_000) })).status).toBe(413);
    const { accessToken: token } = await logIn('admin');
    const headers = { 'content-type': 'text/plain' };
    expect((await send('PATCH', `${USERS}${path}`, { token, headers, body: 'x' })).status).toBe(415);
  });

  it('lets nobody disable, delete or strip himself of the administration, but change the rest', async () => {
    const { ask, idOf, recorded } = await startAsAdmin();
    const own = `/${await idOf('admin')}`;
    for (const [method, body] of [
      ['PATCH', { disabled: true }],
      ['PATCH', { roles: ['doctor'] }],
      ['DELETE', undefined],
    ] as const) {
      const response = await ask(method, own, body);
      expect(response.status).toBe(409);
      expect(await response.json()).toMatchObject({ code: 'own_account' });
    }
    expect(recorded.filter(({ reason }) => reason === 'own_account')).toHaveLength(3);
    expect((await ask('PATCH', own, { displayName: 'Chief' })).status).toBe(200);
  });

  it('leaves the last administrator alone, when the caller lost the administration meanwhile', async () => {
    const { ask, idOf, recorded, stores } = await startAsAdmin();
    const other = `/${await idOf('doctor')}`;
    Object.assign(stores.users, {
      update: async () => ({ kind: 'last_admin' }),
      delete: async () => 'last_admin',
    });
    for (const [method, body] of [
      ['PATCH', { disabled: true }],
      ['DELETE', undefined],
    ] as const) {
      const response = await ask(method, other, body);
      expect(response.status).toBe(409);
      expect(await response.json()).toMatchObject({ code: 'last_admin' });
    }
    expect(recorded.filter(({ reason }) => reason === 'last_admin')).toHaveLength(2);
  });
});

describe('DELETE /v1/users/{id}', () => {
  it('deletes the user, ends its sessions and records it', async () => {
    const { ask, idOf, isIn, logIn, recorded } = await startAsAdmin();
    const { accessToken } = await logIn('doctor');
    const id = await idOf('doctor');
    expect((await ask('DELETE', `/${id}`)).status).toBe(204);
    expect(await isIn(accessToken)).toBe(false);
    expect((await ask('GET', `/${id}`)).status).toBe(404);
    expect(recorded.at(-1)).toMatchObject({ type: 'user.deleted', outcome: 'success', target: { id } });
  });
});

describe('/v1/users/{id}/sessions', () => {
  it('lists the sessions of a user and ends them all', async () => {
    const { ask, idOf, isIn, logIn, recorded } = await startAsAdmin();
    const { accessToken, sessionId } = await logIn('doctor');
    const path = `/${await idOf('doctor')}/sessions`;
    const { sessions } = await (await ask('GET', path)).json();
    expect(sessions).toMatchObject([{ id: sessionId, current: false }]);
    expect((await ask('DELETE', path)).status).toBe(204);
    expect(await isIn(accessToken)).toBe(false);
    expect(await (await ask('GET', path)).json()).toEqual({ sessions: [] });
    expect(recorded.some(({ type, reason }) => type === 'session.ended' && reason === 'all_of_user')).toBe(
      true,
    );
  });
});
