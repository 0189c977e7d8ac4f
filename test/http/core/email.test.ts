import { describe, expect, it } from 'vitest';
import { REQUEST_LIMITS } from '../../../src/core/limits/request-limiter.ts';
import type { MailKind } from '../../../src/core/mail/mailer.ts';
import { UnavailableError } from '../../../src/lib/unavailable-error.ts';
import { type CoreUnderTest, PASSWORD, startCoreApp } from '../../support/core/core-app.ts';
import { linkIn } from '../../support/core/mails.ts';

const VERIFY = '/v1/auth/email/verify';
const AGAIN = '/v1/auth/email/verification';
const CHANGE = '/v1/auth/email';
const CONFIRM = '/v1/auth/email/confirm';
const NEXT = { email: 'New@Demo.Test', currentPassword: PASSWORD };

/** The token of the last mail of a kind. */
async function lastToken({ settled, mails }: CoreUnderTest, kind: MailKind): Promise<string> {
  await settled();
  return linkIn(mails.findLast((mail) => mail.kind === kind) ?? { text: '' }).token;
}

const follow = ({ send }: CoreUnderTest, path: string, token: string) =>
  send('POST', path, { body: { token } });

async function startLoggedIn() {
  const core = await startCoreApp();
  const { accessToken: token } = await core.logIn('doctor');
  return { ...core, token, doctor: () => core.stores.users.findByLogin('doctor') };
}

describe('verification of an e-mail address', () => {
  it('begins with the registration and is done by the mailed link, once', async () => {
    const core = await startCoreApp();
    const { send, mails, stores, recorded } = core;
    const body = { email: 'jo@mail.test', username: 'jo', password: 'seven green kettles sing' };
    expect((await send('POST', '/v1/auth/register', { body })).status).toBe(201);
    const token = await lastToken(core, 'email_verification');
    expect(mails.map(({ kind, to }) => [kind, to])).toEqual([['email_verification', 'jo@mail.test']]);
    expect(mails[0]?.text).toContain('within 24 hours');
    expect(recorded.at(-1)).toMatchObject({ type: 'user.email_verification_sent', outcome: 'success' });
    expect((await stores.users.findByLogin('jo'))?.emailVerifiedAt).toBeUndefined();
    expect((await follow(core, VERIFY, token)).status).toBe(204);
    expect((await stores.users.findByLogin('jo'))?.emailVerifiedAt).toBeInstanceOf(Date);
    expect(recorded.at(-1)).toMatchObject({ type: 'user.email_verified', outcome: 'success' });
    const again = await follow(core, VERIFY, token);
    expect(again.status).toBe(400);
    expect(await again.json()).toMatchObject({ code: 'link_invalid' });
    expect(recorded.at(-1)).toMatchObject({ outcome: 'refused', reason: 'link_invalid' });
  });

  it('does not verify an address that is another one by now', async () => {
    const core = await startLoggedIn();
    await core.send('POST', AGAIN, { token: core.token });
    const token = await lastToken(core, 'email_verification');
    await core.stores.users.update((await core.doctor())?.id ?? '', { email: 'other@demo.test' });
    expect((await follow(core, VERIFY, token)).status).toBe(400);
    expect((await core.doctor())?.emailVerifiedAt).toBeUndefined();
  });

  it('is sent again, whereby the earlier link ends', async () => {
    const core = await startLoggedIn();
    expect((await core.send('POST', AGAIN, { token: core.token })).status).toBe(202);
    const first = await lastToken(core, 'email_verification');
    expect((await core.send('POST', AGAIN, { token: core.token })).status).toBe(202);
    const second = await lastToken(core, 'email_verification');
    expect((await follow(core, VERIFY, first)).status).toBe(400);
    expect((await follow(core, VERIFY, second)).status).toBe(204);
    expect((await core.send('POST', AGAIN, { token: core.token })).status).toBe(202);
    await core.settled();
    expect(core.mails).toHaveLength(2);
    expect(core.recorded.at(-1)).toMatchObject({ outcome: 'refused', reason: 'already_verified' });
  });

  it('sends few mails to one mailbox, and answers 429 to a client that asks too often', async () => {
    const core = await startLoggedIn();
    for (let index = 0; index < REQUEST_LIMITS.mail_from.points; index += 1)
      expect((await core.send('POST', AGAIN, { token: core.token })).status).toBe(202);
    await core.settled();
    expect(core.mails).toHaveLength(REQUEST_LIMITS.mail_to.points);
    const response = await core.send('POST', AGAIN, { token: core.token });
    expect(response.status).toBe(429);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(core.recorded.at(-1)).toMatchObject({ outcome: 'refused', reason: 'limited' });
  });
});

describe('change of an e-mail address', () => {
  it('counts once the new address is confirmed, and tells the old one twice', async () => {
    const core = await startLoggedIn();
    const { send, token, doctor, mails, recorded, logged } = core;
    const before = await doctor();
    expect((await send('POST', CHANGE, { token, body: NEXT })).status).toBe(202);
    const link = await lastToken(core, 'email_change');
    expect(await doctor()).toEqual(before);
    expect(mails.map(({ kind, to }) => [kind, to])).toEqual([
      ['email_change', 'new@demo.test'],
      ['email_change_requested', 'doctor@demo.test'],
    ]);
    expect((await follow(core, CONFIRM, link)).status).toBe(204);
    expect(await doctor()).toMatchObject({ email: 'new@demo.test', emailVerifiedAt: expect.any(Date) });
    expect(mails.at(-1)).toMatchObject({ kind: 'email_changed', to: 'doctor@demo.test' });
    expect((await send('GET', '/v1/auth/me', { token })).status).toBe(200);
    expect((await follow(core, CONFIRM, link)).status).toBe(400);
    expect(
      recorded.filter(({ type }) => type.startsWith('user.email_change')).map(({ outcome }) => outcome),
    ).toEqual(['success', 'success', 'refused']);
    expect(JSON.stringify([recorded, logged])).not.toMatch(new RegExp(`${link}|new@demo|${PASSWORD}`));
  });

  it('ends the links that went to the old address', async () => {
    const core = await startLoggedIn();
    await core.send('POST', '/v1/auth/password/forgot', { body: { email: 'doctor@demo.test' } });
    const reset = await lastToken(core, 'password_reset');
    await core.send('POST', CHANGE, { token: core.token, body: NEXT });
    expect((await follow(core, CONFIRM, await lastToken(core, 'email_change'))).status).toBe(204);
    const body = { token: reset, password: 'seven green kettles sing' };
    expect((await core.send('POST', '/v1/auth/password/reset', { body })).status).toBe(400);
  });

  it('ends when the password is changed', async () => {
    const core = await startLoggedIn();
    await core.send('POST', CHANGE, { token: core.token, body: NEXT });
    const link = await lastToken(core, 'email_change');
    const body = { currentPassword: PASSWORD, newPassword: 'seven green kettles sing' };
    expect((await core.send('POST', '/v1/auth/password', { token: core.token, body })).status).toBe(204);
    expect(core.mails.at(-1)).toMatchObject({ kind: 'password_changed', to: 'doctor@demo.test' });
    expect((await follow(core, CONFIRM, link)).status).toBe(400);
    expect((await core.doctor())?.email).toBe('doctor@demo.test');
  });

  it('needs the current password, of which few are tried', async () => {
    const core = await startLoggedIn();
    const { send, token, recorded, settled, mails } = core;
    const wrong = { ...NEXT, currentPassword: 'a wrong guess' };
    const guesses = REQUEST_LIMITS.password_change.points;
    for (let index = 0; index < guesses; index += 1) {
      const response = await send('POST', CHANGE, { token, body: wrong });
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ code: 'password_wrong' });
    }
    expect((await send('POST', CHANGE, { token, body: NEXT })).status).toBe(429);
    const body = { currentPassword: PASSWORD, newPassword: 'seven green kettles sing' };
    expect((await send('POST', '/v1/auth/password', { token, body })).status).toBe(429);
    expect(recorded.at(-1)).toMatchObject({ type: 'user.password_changed', reason: 'limited' });
    await settled();
    expect(mails).toEqual([]);
  });

  it('does not tell that another account has the address, and mails nothing there', async () => {
    const core = await startLoggedIn();
    const { send, token, settled, mails, recorded } = core;
    for (const email of ['patient@demo.test', 'doctor@demo.test']) {
      const response = await send('POST', CHANGE, { token, body: { ...NEXT, email } });
      expect([response.status, await response.text()]).toEqual([202, '']);
      await settled();
      expect(recorded.at(-1)).toMatchObject({ outcome: 'refused', reason: 'email_taken' });
    }
    expect(mails).toEqual([]);
  });

  it('answers 409 where another account took the address meanwhile', async () => {
    const core = await startLoggedIn();
    await core.send('POST', CHANGE, { token: core.token, body: NEXT });
    const link = await lastToken(core, 'email_change');
    const patient = await core.stores.users.findByLogin('patient');
    await core.stores.users.update(patient?.id ?? '', { email: 'new@demo.test' });
    const response = await follow(core, CONFIRM, link);
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ code: 'conflict', member: 'email' });
    expect((await core.doctor())?.email).toBe('doctor@demo.test');
  });

  it('refuses the link of a user who is disabled or gone', async () => {
    const core = await startLoggedIn();
    await core.send('POST', CHANGE, { token: core.token, body: NEXT });
    const link = await lastToken(core, 'email_change');
    Object.assign(core.stores.users, { update: async () => ({ kind: 'not_found' }) });
    expect((await follow(core, CONFIRM, link)).status).toBe(400);
    core.stores.users.disable((await core.doctor())?.id ?? '');
    expect((await follow(core, CONFIRM, link)).status).toBe(400);
  });

  it.each([
    ['no password', { email: 'new@demo.test' }],
    ['no address', { currentPassword: PASSWORD }],
    ['a name with the address', { ...NEXT, email: 'New <new@demo.test>' }],
    ['another user', { ...NEXT, userId: `usr_${'0'.repeat(32)}` }],
  ])('answers 400 to a body with %s', async (_what, body) => {
    const { send, token } = await startLoggedIn();
    expect((await send('POST', CHANGE, { token, body })).status).toBe(400);
  });
});

describe.each([VERIFY, CONFIRM])('POST %s', (path) => {
  it('answers 400 to what is no body of it, 415 to what is not JSON, and 503 while links cannot be looked up', async () => {
    const { send, stores } = await startCoreApp();
    for (const body of [{}, { token: '' }, { token: 'x'.repeat(129) }, { token: 'x', more: 1 }])
      expect((await send('POST', path, { body })).status).toBe(400);
    const headers = { 'content-type': 'text/plain' };
    expect((await send('POST', path, { body: '{"token":"x"}', headers })).status).toBe(415);
    Object.assign(stores.oneTimeTokens, {
      find: () => Promise.reject(new UnavailableError('database', 'down')),
    });
    expect((await send('POST', path, { body: { token: 'A'.repeat(43) } })).status).toBe(503);
  });
});
