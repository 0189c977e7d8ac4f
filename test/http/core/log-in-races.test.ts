import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import type { PasswordHasher } from '../../../src/core/passwords/password-hasher.ts';
import { PASSWORD, startCoreApp, TEST_SETTINGS } from '../../support/core/core-app.ts';
import { linkIn } from '../../support/core/mails.ts';

const NEXT_PASSWORD = 'quietly-marching-otters';

/** A core where something happens while the password of a log-in is being checked: after it was found right, and before a session begins. */
async function startWithMeanwhile() {
  const meanwhile: (() => Promise<unknown>)[] = [];
  const hasher: PasswordHasher = {
    hash: async (password) => `plain:${password}`,
    async verify(phc, password) {
      await meanwhile.shift()?.();
      return phc === `plain:${password}` || phc === `foreign:${password}`;
    },
    needsRehash: (phc) => phc.startsWith('foreign:'),
  };
  const core = await startCoreApp({ hasher });
  const logInWhile = (login: string, act: () => Promise<unknown>) => {
    meanwhile.push(act);
    return core.send('POST', '/v1/auth/sessions', { body: { login, password: PASSWORD } });
  };
  const changeUser = async (login: string, change: object) => {
    const { accessToken: token } = await core.logIn('admin');
    const user = await core.stores.users.findByLogin(login);
    const changed = await core.send('PATCH', `/v1/users/${user?.id}`, { token, body: change });
    expect(changed.status).toBe(200);
  };
  const activeSessions = async (login: string) => {
    const user = await core.stores.users.findByLogin(login);
    return core.stores.sessions.listActive(user?.id ?? '', TEST_SETTINGS.limits);
  };
  return { ...core, meanwhile, logInWhile, changeUser, activeSessions };
}

describe('a log-in that is under way while the user is changed', () => {
  it('begins no session with a password that was changed meanwhile', async () => {
    const { logIn, send, logInWhile, activeSessions, recorded } = await startWithMeanwhile();
    const own = await logIn('patient');
    const response = await logInWhile('patient', () =>
      send('POST', '/v1/auth/password', {
        token: own.accessToken,
        body: { currentPassword: PASSWORD, newPassword: NEXT_PASSWORD },
      }),
    );
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'invalid_credentials' });
    expect((await activeSessions('patient')).map(({ id }) => id)).toEqual([own.sessionId]);
    expect(recorded.at(-1)).toMatchObject({
      type: 'session.begun',
      outcome: 'refused',
      reason: 'password_wrong',
    });
  });

  it('begins no session with a password that was reset meanwhile', async () => {
    const { send, logInWhile, activeSessions, mails, settled } = await startWithMeanwhile();
    await send('POST', '/v1/auth/password/forgot', { body: { email: 'patient@demo.test' } });
    await settled();
    const { token } = linkIn(mails[0] ?? { text: '' });
    const response = await logInWhile('patient', () =>
      send('POST', '/v1/auth/password/reset', { body: { token, password: NEXT_PASSWORD } }),
    );
    expect(response.status).toBe(401);
    expect(await activeSessions('patient')).toEqual([]);
  });

  it('begins no session that would come to life when a user who was disabled meanwhile is enabled', async () => {
    const { logInWhile, changeUser, activeSessions } = await startWithMeanwhile();
    const response = await logInWhile('doctor', () => changeUser('doctor', { disabled: true }));
    expect(response.status).toBe(401);
    await changeUser('doctor', { disabled: false });
    expect(await activeSessions('doctor')).toEqual([]);
  });

  it('begins no session for a user who was deleted meanwhile', async () => {
    const { logIn, logInWhile, send, stores } = await startWithMeanwhile();
    const { accessToken: token } = await logIn('admin');
    const user = await stores.users.findByLogin('doctor');
    const response = await logInWhile('doctor', () => send('DELETE', `/v1/users/${user?.id}`, { token }));
    expect(response.status).toBe(401);
  });

  it('issues a token with the roles and links that the user has by then', async () => {
    const { logInWhile, changeUser } = await startWithMeanwhile();
    const response = await logInWhile('doctor', () =>
      changeUser('doctor', { roles: ['clerk'], doctorId: null }),
    );
    expect(response.status).toBe(201);
    const claims = decodeJwt((await response.json()).accessToken);
    expect(claims).toMatchObject({ roles: ['clerk'], scope: '' });
    expect(claims).not.toHaveProperty('doctor_id');
  });

  it('begins a session where the hash of the same password was replaced meanwhile', async () => {
    const { logInWhile, stores } = await startWithMeanwhile();
    const user = await stores.users.findByLogin('doctor');
    await stores.users.setPasswordHash(user?.id ?? '', `foreign:${PASSWORD}`);
    const response = await logInWhile('doctor', () =>
      stores.users.setPasswordHash(user?.id ?? '', `plain:${PASSWORD}`),
    );
    expect(response.status).toBe(201);
  });
});

describe('a change of the e-mail address that is under way while the password is changed', () => {
  it('leaves no link that is good', async () => {
    const core = await startWithMeanwhile();
    const { logIn, send, meanwhile, mails, settled, recorded } = core;
    const [own, other] = [await logIn('patient'), await logIn('patient')];
    meanwhile.push(() =>
      send('POST', '/v1/auth/password', {
        token: own.accessToken,
        body: { currentPassword: PASSWORD, newPassword: NEXT_PASSWORD },
      }),
    );
    const body = { email: 'other@demo.test', currentPassword: PASSWORD };
    await send('POST', '/v1/auth/email', { token: other.accessToken, body });
    await settled();
    expect(recorded.at(-1)).toMatchObject({
      type: 'user.email_change_requested',
      outcome: 'refused',
      reason: 'password_wrong',
    });
    const { token } = linkIn(mails.findLast(({ kind }) => kind === 'email_change') ?? { text: '' });
    expect((await send('POST', '/v1/auth/email/confirm', { body: { token } })).status).toBe(400);
  });
});
