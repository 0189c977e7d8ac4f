import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { linkIn } from '../../support/core/mails.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres/database.ts';
import { freePort } from '../../support/servers/loopback-server.ts';
import { type MailServerUnderTest, startMailServer, textOf } from '../../support/servers/mail-server.ts';
import { startTcpService } from '../../support/servers/upstream-service.ts';
import { type ServerProcess, startWardgateProcess } from '../../support/wardgate/wardgate-process.ts';

const FIRST = 'seven green kettles sing';
const SECOND = 'nine yellow lanterns swim';
const PUBLIC_URL = 'https://gate.test';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** A Wardgate in a process of its own, and what its clients do. */
async function startWardgate(env: Readonly<Record<string, string>>) {
  const wardgate = await startWardgateProcess({
    DATABASE_URL: database.url,
    WARDGATE_SECRET: 'a-secret-of-at-least-32-bytes-00000',
    WARDGATE_PUBLIC_URL: PUBLIC_URL,
    LOG_LEVEL: 'trace',
    ...env,
  });
  onTestFinished(() => wardgate.stop());
  const origin = `http://127.0.0.1:${wardgate.port}`;
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${origin}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const register = (username: string) =>
    post('/v1/auth/register', { email: `${username}@mail.test`, username, password: FIRST });
  const logIn = async (login: string, password: string) => {
    const response = await post('/v1/auth/sessions', { login, password });
    return { status: response.status, token: response.ok ? (await response.json()).accessToken : undefined };
  };
  const me = async (token: string) =>
    (await fetch(`${origin}/v1/auth/me`, { headers: { authorization: `Bearer ${token}` } })).status;
  return { wardgate, origin, post, register, logIn, me };
}

function smtp({ port }: { readonly port: number }): Record<string, string> {
  return { SMTP_URL: `smtp://127.0.0.1:${port}`, WARDGATE_MAIL_FROM: 'Clinic <no-reply@clinic.test>' };
}

async function startServer(): Promise<MailServerUnderTest> {
  const server = await startMailServer();
  onTestFinished(() => server.close());
  return server;
}

/** Waits for a mail with that subject, and follows its link as a browser would: fetches the page, and takes the token from the fragment. */
async function follow(server: MailServerUnderTest, origin: string, subject: string) {
  const find = () => server.received.findLast(({ raw }) => raw.includes(`Subject: ${subject}\r\n`));
  await expect.poll(find).toBeDefined();
  const mail = find();
  if (mail === undefined) throw new Error('no mail came');
  const { url, token } = linkIn({ text: textOf(mail) });
  expect(url.origin).toBe(PUBLIC_URL);
  for (const method of ['GET', 'HEAD', 'GET']) {
    const page = await fetch(`${origin}${url.pathname}`, { method });
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8']);
  }
  return { path: url.pathname, token };
}

/** Holds that no token, password or address is in anything that a process wrote. */
function expectNothingSecret(wardgate: ServerProcess, tokens: readonly string[]): void {
  const written = wardgate.output();
  expect(written).toContain('"msg":"listening"');
  for (const secret of [...tokens, FIRST, SECOND, '@mail.test', '#token'])
    expect(written).not.toContain(secret);
}

describe('links that are mailed over a real server', () => {
  it('verify the address, set a new password once, and end what was begun with the old one', async () => {
    const server = await startServer();
    const { wardgate, origin, post, register, logIn, me } = await startWardgate(smtp(server));
    expect((await register('jo')).status).toBe(201);
    const verification = await follow(server, origin, 'Confirm your e-mail address');
    expect((await post(verification.path, { token: verification.token })).status).toBe(204);
    const { token: session } = await logIn('jo', FIRST);
    expect(await me(session)).toBe(200);

    expect((await post('/v1/auth/password/forgot', { email: 'jo@mail.test' })).status).toBe(202);
    const { path, token } = await follow(server, origin, 'Set a new password');
    expect((await post(path, { token, password: SECOND })).status).toBe(204);
    expect(await me(session)).toBe(401);
    expect((await logIn('jo', FIRST)).status).toBe(401);
    expect((await logIn('jo', SECOND)).status).toBe(201);
    const again = await post(path, { token, password: FIRST });
    expect([again.status, (await again.json()).code]).toEqual([400, 'link_invalid']);
    await expect
      .poll(() => server.received.map(({ to }) => to))
      .toEqual([['jo@mail.test'], ['jo@mail.test'], ['jo@mail.test']]);
    await wardgate.stop();
    expectNothingSecret(wardgate, [verification.token, token]);
    const rows = await database.database.sql`select row_to_json(audit_events)::text as row from audit_events`;
    const audit = rows.map(({ row }) => row).join('\n');
    expect(audit).toContain('user.password_reset');
    for (const secret of [token, verification.token, '@mail.test', SECOND])
      expect(audit).not.toContain(secret);
  });

  it('move an account to another address, which the old one is told', async () => {
    const server = await startServer();
    const { origin, post, register, logIn } = await startWardgate(smtp(server));
    expect((await register('kim')).status).toBe(201);
    const { token: session } = await logIn('kim', FIRST);
    const wish = { email: 'kim.new@mail.test', currentPassword: FIRST };
    expect((await post('/v1/auth/email', wish, { authorization: `Bearer ${session}` })).status).toBe(202);
    const { path, token } = await follow(server, origin, 'Confirm your new e-mail address');
    expect((await logIn('kim.new@mail.test', FIRST)).status).toBe(401);
    expect((await post(path, { token })).status).toBe(204);
    expect((await logIn('kim.new@mail.test', FIRST)).status).toBe(201);
    // Mails are sent side by side: which of them arrives first is not promised.
    const told = () =>
      server.received
        .filter(({ to }) => to[0] === 'kim@mail.test')
        .map(({ raw }) => /^Subject: (.*)$/m.exec(raw)?.[1]?.trim())
        .sort();
    await expect
      .poll(told)
      .toEqual([
        'Confirm your e-mail address',
        'Your e-mail address is to change',
        'Your e-mail address was changed',
      ]);
  });
});

describe('a mail server that', () => {
  it('is not there when a mail is asked for gets it at a later attempt', async () => {
    const port = await freePort();
    const { wardgate, origin, post, register } = await startWardgate(smtp({ port }));
    expect((await register('lee')).status).toBe(201);
    expect((await post('/v1/auth/password/forgot', { email: 'lee@mail.test' })).status).toBe(202);
    await expect.poll(() => wardgate.output().split('a mail will be sent again').length).toBeGreaterThan(2);
    const server = await startMailServer({}, port);
    onTestFinished(() => server.close());
    const { path, token } = await follow(server, origin, 'Set a new password');
    expect((await post(path, { token, password: SECOND })).status).toBe(204);
    expectNothingSecret(wardgate, [token]);
  });

  it('never speaks keeps neither answers nor the end of the process waiting', async () => {
    const silent = await startTcpService(() => {});
    onTestFinished(() => silent.close());
    const { wardgate, post, register } = await startWardgate(smtp(silent));
    expect((await register('max')).status).toBe(201);
    expect((await post('/v1/auth/password/forgot', { email: 'max@mail.test' })).status).toBe(202);
    await wardgate.stop();
    expect(wardgate.output().split('"msg":"a mail was not sent"')).toHaveLength(3);
    expectNothingSecret(wardgate, []);
  });
});

describe('without a mail server', () => {
  it('a developer finds the link in the outbox, and where that is in the log', async () => {
    const { wardgate, origin, post, register } = await startWardgate({});
    expect((await register('nan')).status).toBe(201);
    expect((await post('/v1/auth/password/forgot', { email: 'nan@mail.test' })).status).toBe(202);
    const outbox = async () => (await fetch(`${origin}/_gateway/outbox`)).text();
    await expect.poll(outbox).toContain('Set a new password');
    const [, token = ''] = /password\/reset#token=([\w-]+)/.exec(await outbox()) ?? [];
    expect((await post('/v1/auth/password/reset', { token, password: SECOND })).status).toBe(204);
    await expect.poll(wardgate.output).toContain('/_gateway/outbox","msg":"a mail is in the outbox"');
    expectNothingSecret(wardgate, [token]);
  });

  it('production warns at the start, logs each mail that is lost, and has no outbox', async () => {
    const { wardgate, origin, register } = await startWardgate({ NODE_ENV: 'production' });
    expect(wardgate.output()).toContain('SMTP_URL is not set');
    expect((await register('oz')).status).toBe(201);
    await expect.poll(wardgate.output).toContain('"msg":"a mail was not sent"');
    expect((await fetch(`${origin}/_gateway/outbox`)).status).toBe(404);
    expectNothingSecret(wardgate, []);
  });
});
