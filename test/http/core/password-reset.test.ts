import { describe, expect, it } from 'vitest';
import { REQUEST_LIMITS } from '../../../src/core/limits/request-limiter.ts';
import { UnavailableError } from '../../../src/lib/unavailable-error.ts';
import { type CoreUnderTest, PASSWORD, startCoreApp } from '../../support/core/core-app.ts';
import { linkIn } from '../../support/core/mails.ts';

const FORGOT = '/v1/auth/password/forgot';
const RESET = '/v1/auth/password/reset';
const NEXT = 'seven green kettles sing';
const UNKNOWN_TOKEN = 'A'.repeat(43);

async function askForLink({ send, settled, mails }: CoreUnderTest, email = 'doctor@demo.test') {
  expect((await send('POST', FORGOT, { body: { email } })).status).toBe(202);
  await settled();
  const mail = mails.findLast(({ kind }) => kind === 'password_reset');
  if (mail === undefined) throw new Error('no link was mailed');
  return { mail, ...linkIn(mail) };
}

const reset = ({ send }: CoreUnderTest, token: string, password = NEXT) =>
  send('POST', RESET, { body: { token, password } });

const statusOfLogIn = async ({ send }: CoreUnderTest, password: string) =>
  (await send('POST', '/v1/auth/sessions', { body: { login: 'doctor', password } })).status;

describe('POST /v1/auth/password/forgot', () => {
  it('mails a link below the public URL to the address of the account, whatever its case', async () => {
    const core = await startCoreApp();
    const { mail, url } = await askForLink(core, 'Doctor@Demo.TEST');
    expect(mail).toMatchObject({ to: 'doctor@demo.test', subject: 'Set a new password' });
    expect(url.href).toMatch(/^https:\/\/gate\.test\/v1\/auth\/password\/reset#token=[\w-]{43}$/);
    expect(mail.text).toContain('within an hour');
    const user = await core.stores.users.findByLogin('doctor');
    expect(core.recorded.at(-1)).toEqual({
      type: 'user.password_reset_requested',
      outcome: 'success',
      actor: { kind: 'anonymous' },
      target: { kind: 'user', id: user?.id },
      request: { requestId: 'req-1', clientAddress: '192.0.2.7' },
    });
  });

  it('mails nothing to an address that no account has, nor to a disabled account, and answers the same', async () => {
    const core = await startCoreApp();
    const { send, stores, settled, mails, recorded } = core;
    stores.users.disable((await stores.users.findByLogin('patient'))?.id ?? '');
    for (const [email, reason] of [
      ['nobody@demo.test', 'user_unknown'],
      ['patient@demo.test', 'user_disabled'],
    ]) {
      const response = await send('POST', FORGOT, { body: { email } });
      expect([response.status, await response.text()]).toEqual([202, '']);
      await settled();
      expect(recorded.at(-1)).toMatchObject({ outcome: 'refused', reason });
    }
    expect(mails).toEqual([]);
  });

  it('answers before the token is kept, so that the time does not tell whether there is an account', async () => {
    const core = await startCoreApp();
    const { send, stores, settled, mails } = core;
    const gate = Promise.withResolvers<void>();
    const { issue } = stores.oneTimeTokens;
    Object.assign(stores.oneTimeTokens, {
      issue: async (token: Parameters<typeof issue>[0]) => {
        await gate.promise;
        await issue(token);
      },
    });
    expect((await send('POST', FORGOT, { body: { email: 'doctor@demo.test' } })).status).toBe(202);
    expect(mails).toEqual([]);
    gate.resolve();
    await settled();
    expect(mails).toHaveLength(1);
  });

  it('answers 503 to all alike while the database is down', async () => {
    const { send, stores } = await startCoreApp();
    Object.assign(stores.users, {
      findByLogin: () => Promise.reject(new UnavailableError('database', 'down')),
    });
    for (const email of ['doctor@demo.test', 'nobody@demo.test'])
      expect((await send('POST', FORGOT, { body: { email } })).status).toBe(503);
  });

  it('logs a token that could not be kept, and mails nothing', async () => {
    const { send, stores, settled, mails, logged } = await startCoreApp();
    Object.assign(stores.oneTimeTokens, {
      issue: () => Promise.reject(new UnavailableError('database', 'down')),
    });
    expect((await send('POST', FORGOT, { body: { email: 'doctor@demo.test' } })).status).toBe(202);
    await settled();
    expect(mails).toEqual([]);
    expect(logged.at(-1)).toContain(
      '"message":"work behind an answer failed","request_id":"req-1","dependency":"database"',
    );
  });

  it('sends few mails to one mailbox, and answers the same beyond', async () => {
    const core = await startCoreApp();
    const { points } = REQUEST_LIMITS.mail_to;
    for (let index = 0; index < points; index += 1) await askForLink(core);
    const { token } = await askForLink(core, 'DOCTOR@demo.test');
    expect(core.mails).toHaveLength(points);
    expect(core.recorded.at(-1)).toMatchObject({ outcome: 'refused', reason: 'mailbox_limited' });
    expect((await reset(core, token)).status).toBe(204);
  });

  it('answers 429 to an address that asks too often, whether there are such accounts or not', async () => {
    const { send, recorded } = await startCoreApp();
    const ask = (index: number) => send('POST', FORGOT, { body: { email: `u${index}@demo.test` } });
    for (let index = 0; index < REQUEST_LIMITS.mail_from.points; index += 1)
      expect((await ask(index)).status).toBe(202);
    const response = await ask(0);
    expect(response.status).toBe(429);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(recorded.some(({ reason }) => reason === 'limited')).toBe(true);
  });

  it.each([
    ['no address', {}],
    ['a username', { email: 'doctor' }],
    ['a list', { email: ['doctor@demo.test'] }],
    ['two addresses', { email: 'a@x.test,b@x.test' }],
    ['a header', { email: 'a@x.test\r\nBcc: b@x.test' }],
    ['more than an address', { email: 'doctor@demo.test', url: 'https://evil.test' }],
  ])('answers 400 to a body with %s', async (_what, body) => {
    const { send } = await startCoreApp();
    expect((await send('POST', FORGOT, { body })).status).toBe(400);
  });
});

describe('POST /v1/auth/password/reset', () => {
  it('sets the password, ends all sessions and tells the owner', async () => {
    const core = await startCoreApp();
    const { send, logIn, mails, recorded, logged } = core;
    const sessions = [await logIn('doctor'), await logIn('doctor')];
    const patient = await logIn('patient');
    const { token } = await askForLink(core);
    const response = await reset(core, token);
    expect([response.status, await response.text()]).toEqual([204, '']);
    for (const { accessToken } of sessions)
      expect((await send('GET', '/v1/auth/me', { token: accessToken })).status).toBe(401);
    expect((await send('GET', '/v1/auth/me', { token: patient.accessToken })).status).toBe(200);
    expect([await statusOfLogIn(core, PASSWORD), await statusOfLogIn(core, NEXT)]).toEqual([401, 201]);
    expect(mails.at(-1)).toMatchObject({ kind: 'password_changed', to: 'doctor@demo.test' });
    const event = recorded.find(({ type }) => type === 'user.password_reset');
    expect(event).toMatchObject({ outcome: 'success', actor: { kind: 'anonymous' } });
    expect(JSON.stringify([recorded, logged])).not.toMatch(new RegExp(`${token}|kettles|doctor@`));
  });

  it('lets one alone of ten that use the link at once set the password', async () => {
    const core = await startCoreApp();
    const { token } = await askForLink(core);
    const passwords = Array.from({ length: 10 }, (_, index) => `${NEXT} ${index}`);
    const statuses = await Promise.all(
      passwords.map(async (next) => (await reset(core, token, next)).status),
    );
    expect(statuses.filter((status) => status === 204)).toHaveLength(1);
    expect(statuses.filter((status) => status === 400)).toHaveLength(9);
    const winner = passwords[statuses.indexOf(204)] ?? '';
    expect(await statusOfLogIn(core, winner)).toBe(201);
  });

  it('leaves the link good where the password will not do', async () => {
    const core = await startCoreApp();
    const { token } = await askForLink(core);
    for (const [password, reason] of [
      ['fourteen chars', 'too_short'],
      ['doctor@demo.test', 'contains_context'],
    ] as const) {
      const response = await reset(core, token, password);
      expect(response.status).toBe(422);
      expect(await response.json()).toMatchObject({ code: 'password_unacceptable', reasons: [reason] });
    }
    expect((await reset(core, token)).status).toBe(204);
  });

  it('answers alike to links that are unknown, malformed, old, used, replaced or of another purpose', async () => {
    const core = await startCoreApp();
    const { send, clock, logIn, settled, mails } = core;
    const replaced = await askForLink(core);
    const used = await askForLink(core);
    expect((await reset(core, used.token)).status).toBe(204);
    const body = { login: 'doctor', password: NEXT };
    const { accessToken } = await (await send('POST', '/v1/auth/sessions', { body })).json();
    await send('POST', '/v1/auth/email/verification', { token: accessToken });
    await settled();
    const other = linkIn(mails.at(-1) ?? { text: '' });
    await logIn('patient');
    const old = await askForLink(core, 'patient@demo.test');
    clock.advanceSeconds(3601);
    const bodies = new Set<string>();
    for (const token of [UNKNOWN_TOKEN, 'x', '../..', replaced.token, used.token, other.token, old.token]) {
      const response = await reset(core, token, `${NEXT} again`);
      expect(response.status).toBe(400);
      bodies.add(await response.text());
    }
    expect(bodies.size).toBe(1);
    expect(JSON.parse([...bodies][0] ?? '')).toMatchObject({ code: 'link_invalid' });
    expect(await statusOfLogIn(core, NEXT)).toBe(201);
  });

  it('refuses a link that went to an address which no longer counts, and one of a disabled user', async () => {
    const core = await startCoreApp();
    const { stores } = core;
    const moved = await askForLink(core);
    const id = (await stores.users.findByLogin('doctor'))?.id ?? '';
    await stores.users.update(id, { email: 'moved@demo.test' });
    expect((await reset(core, moved.token)).status).toBe(400);
    const disabled = await askForLink(core, 'patient@demo.test');
    stores.users.disable((await stores.users.findByLogin('patient'))?.id ?? '');
    expect((await reset(core, disabled.token)).status).toBe(400);
    expect(await statusOfLogIn(core, PASSWORD)).toBe(201);
  });

  it('ends the links that somebody else asked for meanwhile', async () => {
    const core = await startCoreApp();
    const { send, logIn, settled, mails } = core;
    const { accessToken } = await logIn('doctor');
    const body = { email: 'thief@evil.test', currentPassword: PASSWORD };
    await send('POST', '/v1/auth/email', { token: accessToken, body });
    await settled();
    const theft = linkIn(mails.find(({ kind }) => kind === 'email_change') ?? { text: '' });
    expect((await reset(core, (await askForLink(core)).token)).status).toBe(204);
    expect((await send('POST', '/v1/auth/email/confirm', { body: { token: theft.token } })).status).toBe(400);
  });

  it('sets a first password for a user who has none', async () => {
    const core = await startCoreApp();
    const roles = ['doctor'];
    const links = { patientId: undefined, doctorId: undefined };
    await core.stores.users.create({
      email: 'new@demo.test',
      username: 'new',
      passwordHash: undefined,
      roles,
      ...links,
    });
    const { token } = await askForLink(core, 'new@demo.test');
    expect((await reset(core, token)).status).toBe(204);
    const body = { login: 'new', password: NEXT };
    expect((await core.send('POST', '/v1/auth/sessions', { body })).status).toBe(201);
  });

  it('answers 503 and sets nothing where sessions cannot be ended', async () => {
    const core = await startCoreApp();
    const { token } = await askForLink(core);
    const { endAll } = core.stores.sessions;
    Object.assign(core.stores.sessions, {
      endAll: () => Promise.reject(new UnavailableError('database', 'down')),
    });
    expect((await reset(core, token)).status).toBe(503);
    Object.assign(core.stores.sessions, { endAll });
    expect([await statusOfLogIn(core, PASSWORD), await statusOfLogIn(core, NEXT)]).toEqual([201, 401]);
  });

  it.each([
    ['no token', { password: NEXT }],
    ['no password', { token: UNKNOWN_TOKEN }],
    ['an endless token', { token: 'x'.repeat(129), password: NEXT }],
    ['a user', { token: UNKNOWN_TOKEN, password: NEXT, login: 'doctor' }],
  ])('answers 400 to a body with %s', async (_what, body) => {
    const { send } = await startCoreApp();
    const response = await send('POST', RESET, { body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'invalid_request' });
  });

  it('answers 415 to a form', async () => {
    const { send } = await startCoreApp();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    for (const path of [RESET, FORGOT])
      expect((await send('POST', path, { body: 'token=x&password=y', headers })).status).toBe(415);
  });

  it('answers 503 while links cannot be looked up', async () => {
    const { send, stores } = await startCoreApp();
    Object.assign(stores.oneTimeTokens, {
      find: () => Promise.reject(new UnavailableError('database', 'down')),
    });
    expect((await send('POST', RESET, { body: { token: UNKNOWN_TOKEN, password: NEXT } })).status).toBe(503);
  });
});
