import { describe, expect, it } from 'vitest';
import { REQUEST_LIMITS } from '../../../src/core/limits/request-limiter.ts';
import { UnavailableError } from '../../../src/lib/unavailable-error.ts';
import { startCoreApp, TEST_SETTINGS } from '../../support/core/core-app.ts';

const REGISTER = '/v1/auth/register';
const NEWCOMER = { email: 'Jo.Doe@Mail.Test', username: 'jo', password: 'seven green kettles sing' };

describe('POST /v1/auth/register', () => {
  it('makes an account with the default roles, which logs in', async () => {
    const { send, recorded, logged } = await startCoreApp();
    const response = await send('POST', REGISTER, { body: { ...NEWCOMER, displayName: 'Jo Doe' } });
    expect(response.status).toBe(201);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { user } = await response.json();
    expect(user).toEqual({
      id: expect.stringMatching(/^usr_/),
      email: 'jo.doe@mail.test',
      username: 'jo',
      displayName: 'Jo Doe',
      emailVerified: false,
      roles: ['patient'],
      createdAt: '2026-01-15T12:00:00.000Z',
    });
    const body = { login: 'JO.DOE@mail.test', password: NEWCOMER.password };
    expect((await send('POST', '/v1/auth/sessions', { body })).status).toBe(201);
    expect(recorded).toContainEqual({
      type: 'user.registered',
      outcome: 'success',
      actor: { kind: 'anonymous' },
      target: { kind: 'user', id: user.id },
      request: { requestId: 'req-1', clientAddress: '192.0.2.7' },
      details: { roles: ['patient'] },
    });
    expect(JSON.stringify([recorded, logged])).not.toMatch(/kettles|doe/i);
  });

  it('takes the password in the form that log-in checks', async () => {
    const { send } = await startCoreApp();
    const password = 'ﬁve green kettles sing';
    expect((await send('POST', REGISTER, { body: { ...NEWCOMER, password } })).status).toBe(201);
    const body = { login: 'jo', password: 'five green kettles sing' };
    expect((await send('POST', '/v1/auth/sessions', { body })).status).toBe(201);
  });

  it('answers 429 to an address from which too many registered', async () => {
    const { send, stores, recorded } = await startCoreApp();
    const { points } = REQUEST_LIMITS.register;
    for (let index = 0; index < points; index += 1) {
      const body = { ...NEWCOMER, email: `jo${index}@mail.test`, username: `jo${index}` };
      expect((await send('POST', REGISTER, { body })).status).toBe(201);
    }
    const response = await send('POST', REGISTER, { body: NEWCOMER });
    expect(response.status).toBe(429);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(recorded.some(({ type, reason }) => type === 'user.registered' && reason === 'limited')).toBe(
      true,
    );
    expect(await stores.users.findByLogin('jo')).toBeUndefined();
  });

  it('answers 403 where registration is closed, and makes nobody', async () => {
    const accounts = { ...TEST_SETTINGS.accounts, registration: 'closed' } as const;
    const { send, stores, recorded } = await startCoreApp({ settings: { ...TEST_SETTINGS, accounts } });
    const response = await send('POST', REGISTER, { body: NEWCOMER });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ code: 'registration_closed' });
    expect(await stores.users.findByLogin('jo')).toBeUndefined();
    expect(recorded).toMatchObject([
      { type: 'user.registered', outcome: 'refused', reason: 'registration_closed' },
    ]);
  });

  it('answers 409 and names what is taken, whatever its case', async () => {
    const { send, recorded } = await startCoreApp();
    for (const [member, body] of [
      ['email', { ...NEWCOMER, email: 'PATIENT@demo.test' }],
      ['username', { ...NEWCOMER, username: 'Doctor' }],
    ] as const) {
      const response = await send('POST', REGISTER, { body });
      expect(response.status).toBe(409);
      expect(await response.json()).toMatchObject({ code: 'conflict', member });
      expect(recorded.at(-1)).toMatchObject({ outcome: 'refused', reason: `${member}_taken` });
    }
  });

  it.each([
    ['too_short', 'fourteen chars'],
    ['too_long', 'green kettles '.repeat(20)],
    ['too_common', 'correcthorsebatterystaple'],
    ['contains_context', 'jo.doe@mail.test'],
  ])('answers 422 and says that the password is %s', async (fault, password) => {
    const { send, stores, recorded } = await startCoreApp();
    const response = await send('POST', REGISTER, { body: { ...NEWCOMER, password } });
    expect(response.status).toBe(422);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ code: 'password_unacceptable', reasons: [fault] });
    expect(text).not.toContain(password);
    expect(await stores.users.findByLogin('jo')).toBeUndefined();
    expect(recorded).toMatchObject([{ outcome: 'refused', reason: `password_${fault}` }]);
  });

  it.each([
    ['roles', { ...NEWCOMER, roles: ['admin'] }],
    ['a link to a patient', { ...NEWCOMER, patientId: 'p-1' }],
    ['a link to a doctor', { ...NEWCOMER, doctorId: 'd-1' }],
    ['an id', { ...NEWCOMER, id: `usr_${'0'.repeat(32)}` }],
    ['a verified address', { ...NEWCOMER, emailVerified: true }],
    ['two addresses', { ...NEWCOMER, email: 'a@b.test,c@d.test' }],
    ['no address', { ...NEWCOMER, email: 'jo' }],
    ['a username with an at sign', { ...NEWCOMER, username: 'jo@mail.test' }],
    ['a username with a line break', { ...NEWCOMER, username: 'jo\nx' }],
    ['a username like an id', { ...NEWCOMER, username: 'APK_jo' }],
    ['an empty username', { ...NEWCOMER, username: '' }],
    ['an empty display name', { ...NEWCOMER, displayName: '' }],
    ['a display name of two lines', { ...NEWCOMER, displayName: 'Jo\r\nDoe' }],
    ['no password', { ...NEWCOMER, password: undefined }],
    ['an endless password', { ...NEWCOMER, password: 'x'.repeat(1025) }],
    ['no object', []],
  ])('answers 400 to a body with %s', async (_what, body) => {
    const { send, stores } = await startCoreApp();
    const response = await send('POST', REGISTER, { body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'invalid_request' });
    expect(await stores.users.findByLogin('jo')).toBeUndefined();
  });

  it('answers 413 to a body that is too large and 415 to one that is not JSON', async () => {
    const { send } = await startCoreApp();
    const large = { ...NEWCOMER, displayName: 'x'.repeat(17 * 1024) };
    expect((await send('POST', REGISTER, { body: large })).status).toBe(413);
    const headers = { 'content-type': 'text/plain' };
    expect((await send('POST', REGISTER, { body: JSON.stringify(NEWCOMER), headers })).status).toBe(415);
  });

  it('answers 503 while the store cannot tell', async () => {
    const { send, stores } = await startCoreApp();
    Object.assign(stores.users, { create: () => Promise.reject(new UnavailableError('database', 'down')) });
    expect((await send('POST', REGISTER, { body: NEWCOMER })).status).toBe(503);
  });

  it('makes one account of two equal registrations at once', async () => {
    const { send } = await startCoreApp();
    const answers = await Promise.all([1, 2].map(() => send('POST', REGISTER, { body: NEWCOMER })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  });
});
