import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { sealPurpose } from '../../src/core/keys/generate-signing-key.ts';
import { createSecretBox } from '../../src/core/keys/secret-box.ts';
import { findTraces } from '../support/attack/secret-traces.ts';
import { linkIn } from '../support/core/mails.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres/database.ts';
import { type MailServerUnderTest, startMailServer, textOf } from '../support/servers/mail-server.ts';
import { startHttpService, type TestService } from '../support/servers/upstream-service.ts';
import { runWardgate } from '../support/wardgate/wardgate-command.ts';
import { type ServerProcess, startWardgateProcess } from '../support/wardgate/wardgate-process.ts';

const ORIGIN = 'https://gate.test';
const FIXED = {
  WARDGATE_SECRET: 'first-secret-9f2c71aa03bd4e55c8810,second-secret-17c0de2244aa88bb9931',
  METRICS_TOKEN: 'metrics-token-5b1f20c39e7744aa00c1d2e3',
  WARDGATE_CLIENT_ID: 'edge',
  WARDGATE_CLIENT_SECRET: 'edge-client-secret-77aa10f3c2d95e',
};

/** All that was secret in the run, by name. */
const secrets = new Map<string, string>();
/** The bodies and header fields of refusals, and what commands printed. */
const answers: string[] = [];

function secret(name: string, value: string): string {
  if (value.length < 10) throw new Error(`${name} is too short to be searched for`);
  secrets.set(name, value);
  return value;
}

interface Asking {
  readonly body?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

let folder: string;
let testDatabase: TestDatabase;
let upstream: TestService;
let mailServer: MailServerUnderTest;
let wardgate: ServerProcess;

/** Sends a request and keeps what a refusal says. */
async function ask(method: string, path: string, { body, form, headers }: Asking = {}): Promise<Response> {
  const json = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`http://127.0.0.1:${wardgate.port}${path}`, {
    method,
    headers: { ...(json !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(json !== undefined && { body: json }),
    ...(form !== undefined && { body: new URLSearchParams(form) }),
  });
  if (response.status >= 400)
    answers.push(`${response.status} ${[...response.headers].join(' ')} ${await response.clone().text()}`);
  return response;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** The cookies that an answer sets, each of them secret. */
function cookiesOf(name: string, response: Response): string {
  const all = response.headers.getSetCookie().map((line) => line.split(';')[0] ?? '');
  // Those without a value clear the cookies of another transport.
  const pairs = all.filter((pair) => !pair.endsWith('='));
  for (const [index, pair] of pairs.entries())
    secret(`${name} cookie ${index}`, pair.slice(pair.indexOf('=') + 1));
  return pairs.join('; ');
}

async function logIn(name: string, login: string, password: string) {
  const response = await ask('POST', '/v1/auth/sessions', { body: { login, password } });
  expect(response.status).toBe(201);
  const { accessToken, refreshToken, session } = await response.json();
  secret(`${name} access token`, accessToken);
  return { accessToken, refreshToken: secret(`${name} refresh token`, refreshToken), sessionId: session.id };
}

/** Waits for a mail with that subject, and follows its link once it is known as a secret. */
async function followLink(subject: string, body: Readonly<Record<string, string>> = {}): Promise<void> {
  const find = () => mailServer.received.findLast(({ raw }) => raw.includes(`Subject: ${subject}\r\n`));
  // Also before the tests begin, where `expect.poll` may not stand.
  await vi.waitFor(() => expect(find(), subject).toBeDefined(), { timeout: 30_000 });
  const mail = find();
  if (mail === undefined) throw new Error('no mail came');
  const { url, token } = linkIn({ text: textOf(mail) });
  secret(`link of "${subject}"`, token);
  expect((await ask('GET', url.pathname)).status).toBe(200);
  for (const status of [204, 400])
    expect((await ask('POST', url.pathname, { body: { token, ...body } })).status).toBe(status);
}

/** Registers, logs in by each transport, guesses, refreshes, reuses, changes the password. */
async function liveAsUser(): Promise<void> {
  const password = secret('password', 'Straße & quartz/71%+lantern');
  secret('password as it is hashed', password.normalize('NFKC'));
  const user = { email: 'jo@clinic.test', username: 'jo', displayName: 'Jo', password };
  expect((await ask('POST', '/v1/auth/register', { body: user })).status).toBe(201);
  await followLink('Confirm your e-mail address');
  await ask('POST', '/v1/auth/register', { body: user });
  const wrong = secret('wrong password', 'not the lantern but 8812 others');
  const typed = secret('password typed as a login', 'typed-into-the-wrong-field-5521');
  await ask('POST', '/v1/auth/sessions', { body: { login: 'jo', password: wrong } });
  await ask('POST', '/v1/auth/sessions', { body: { login: typed, password: wrong } });
  await ask('POST', '/v1/auth/register', {
    body: { ...user, password: secret('weak password', 'short-8814x') },
  });

  const first = await logIn('first', 'jo', password);
  const browser = await ask('POST', '/v1/auth/sessions', {
    body: { login: 'jo', password, transport: 'cookie' },
    headers: { origin: ORIGIN },
  });
  const cookie = cookiesOf('browser', browser);
  const withTokens = await ask('POST', '/v1/auth/sessions', {
    body: { login: 'jo', password, transport: 'token_cookies' },
    headers: { origin: ORIGIN },
  });
  const tokenCookies = cookiesOf('token', withTokens);
  for (const headers of [bearer(first.accessToken), { cookie }, { cookie: tokenCookies }]) {
    expect((await ask('GET', '/v1/auth/me', { headers })).status).toBe(200);
    expect((await ask('GET', '/patients/p-1/records', { headers })).status).toBe(403);
    expect((await ask('GET', '/notes', { headers })).status).toBe(200);
    if ('cookie' in headers)
      await ask('DELETE', '/v1/auth/sessions', { headers: { ...headers, origin: 'https://evil.test' } });
  }
  await ask('GET', '/_gateway/auth/traefik', {
    headers: {
      ...bearer(first.accessToken),
      'x-forwarded-method': 'GET',
      'x-forwarded-uri': `/notes?access_token=${first.accessToken}`,
      'x-forwarded-host': 'gate.test',
      'x-forwarded-proto': 'https',
    },
  });
  await reuseTokens(first);

  const second = await logIn('second', 'jo', password);
  const next = secret('next password', 'mosaic cobalt 4471 ferry-lane');
  const change = { currentPassword: password, newPassword: next };
  const headers = bearer(second.accessToken);
  await ask('POST', '/v1/auth/password', { body: { ...change, currentPassword: wrong }, headers });
  expect((await ask('POST', '/v1/auth/password', { body: change, headers })).status).toBe(204);
  expect((await ask('GET', '/v1/auth/me', { headers: { cookie } })).status).toBe(401);
  await ask('POST', '/v1/auth/sessions/current/revoke', { headers });
  await ask('POST', '/v1/auth/tokens/refresh', { body: { refreshToken: second.refreshToken } });
  expect((await ask('POST', '/v1/auth/password/forgot', { body: { email: user.email } })).status).toBe(202);
  const last = secret('password set by a link', 'nine yellow lanterns 6620 swim');
  await followLink('Set a new password', { password: last });
  await logIn('last', 'jo', last);
}

/** Refreshes twice, and presents the spent token and a forged one. */
async function reuseTokens({ refreshToken }: { readonly refreshToken: string }): Promise<void> {
  const refresh = (token: string) =>
    ask('POST', '/v1/auth/tokens/refresh', { body: { refreshToken: token } });
  const tokens = [refreshToken];
  for (const round of [1, 2]) {
    const answer = await (await refresh(tokens.at(-1) ?? '')).json();
    tokens.push(secret(`refresh token ${round}`, answer.refreshToken));
    secret(`refreshed access token ${round}`, answer.accessToken);
  }
  expect((await refresh(refreshToken)).status).toBe(401);
  const forged = `${refreshToken.slice(0, -4)}AAAA`;
  await refresh(secret('forged refresh token', forged));
}

/** Creates users, keys and clients, uses and revokes them. */
async function administer(): Promise<void> {
  const password = secret("administrator's password", 'granite harbour 9150 willow');
  const created = await runWardgate(
    ['users', 'create', '--email', 'ada@clinic.test', '--username', 'ada', '--role', 'admin'],
    { env: { ...FIXED, DATABASE_URL: testDatabase.url }, input: password },
  );
  answers.push(created.out, created.error);
  expect(created.code, created.error).toBe(0);
  const { accessToken } = await logIn('administrator', 'ada', password);
  const headers = bearer(accessToken);
  const user = { email: 'li@clinic.test', username: 'li', roles: ['doctor'] };
  const given = secret('password given by an administrator', 'copper meadow 3381 anchor');
  const { user: made } = await (
    await ask('POST', '/v1/users', { body: { ...user, password: given }, headers })
  ).json();
  await ask('POST', '/v1/users', { body: { ...user, password: given }, headers });
  await ask('PATCH', `/v1/users/${made.id}`, { body: { disabled: true }, headers });
  await ask('POST', '/v1/auth/sessions', { body: { login: 'li', password: given } });
  await ask('DELETE', `/v1/users/${made.id}`, { headers });
  await ask('POST', '/v1/keys/rotate', { body: { immediately: true }, headers });

  const issued = await (
    await ask('POST', '/v1/api-keys', { body: { name: 'export', roles: ['doctor'] }, headers })
  ).json();
  const apiKey = { 'x-api-key': secret('API key', issued.key) };
  expect((await ask('GET', '/notes', { headers: apiKey })).status).toBe(200);
  await ask('DELETE', `/v1/api-keys/${issued.apiKey.id}`, { headers });
  await ask('GET', '/notes', { headers: apiKey });

  const client = await (
    await ask('POST', '/v1/clients', {
      body: { name: 'x', authenticationMethod: 'client_secret_post' },
      headers,
    })
  ).json();
  const form = { grant_type: 'client_credentials', client_id: client.client.id };
  const clientSecret = secret('client secret', client.secret);
  const token = await ask('POST', '/oauth/token', { form: { ...form, client_secret: clientSecret } });
  secret('token of a client', (await token.json()).access_token);
  await ask('POST', '/oauth/token', {
    form: { ...form, client_secret: secret('wrong client secret', 'no-such-secret-4410') },
  });
  const rotated = await (await ask('POST', `/v1/clients/${client.client.id}/secret`, { headers })).json();
  secret('rotated client secret', rotated.secret);
  await ask('GET', '/v1/audit?limit=100', { headers });
  await ask('GET', `/v1/audit?requestId=${secret('text in a query', 'pasted-into-a-query-7718')}`, {
    headers,
  });
}

/** Sends what is malformed, with secrets where they do not belong. */
async function misuse(): Promise<void> {
  const stray = secret('stray text', 'stray-secret-in-a-broken-body-3107');
  await ask('POST', '/v1/auth/sessions', { body: `{"login":"jo","password":"${stray}"` });
  await ask('POST', '/v1/auth/sessions', { body: { login: 'jo', password: [stray] } });
  await ask('POST', '/v1/auth/sessions', {
    body: { login: 'jo', password: `${stray}\0${'x'.repeat(20_000)}` },
  });
  await ask('POST', '/v1/auth/tokens/refresh', { body: { refreshToken: stray } });
  await ask('POST', '/oauth/token', { form: { client_secret: stray, grant_type: stray } });
  await ask('GET', `/v1/auth/me?access_token=${stray}`);
  await ask('GET', `/notes?token=${stray}`, { headers: { authorization: `Basic ${btoa(`jo:${stray}`)}` } });
  for (const headers of [
    bearer(stray),
    { authorization: `Bearer ${stray}.${stray}.${stray}` },
    { 'x-api-key': stray },
    { cookie: `__Host-wardgate_session=${stray}` },
    { cookie: `access_token=${stray}; refresh_token=${stray}` },
  ])
    for (const path of ['/notes', '/v1/auth/me']) await ask('GET', path, { headers });
  await ask('POST', '/internal/sessions/lookup', {
    body: { token: stray },
    headers: { authorization: `Basic ${btoa(`edge:${stray}`)}` },
  });
  await ask('GET', '/metrics', { headers: bearer(stray) });
}

/** Every row of every table, as JSON. */
async function readRows(): Promise<ReadonlyMap<string, string>> {
  const { sql } = testDatabase.database;
  const tables = await sql`
    select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
    where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'`;
  const rows = new Map<string, string>();
  for (const { name } of tables) {
    const found = await sql.unsafe(`select to_jsonb(t)::text as row from ${name} t`);
    rows.set(name, found.map(({ row }) => row).join('\n'));
  }
  return rows;
}

/** The private keys of the signing keys are secrets too; only their sealed form may lie anywhere. */
async function openSigningKeys(): Promise<void> {
  const { sql } = testDatabase.database;
  const box = createSecretBox(FIXED.WARDGATE_SECRET.split(','));
  for (const { id, sealed } of await sql`select id, sealed_private_jwk as sealed from signing_keys`) {
    const jwk = JSON.parse(await box.unseal(sealed, sealPurpose(id)));
    secret(`private exponent of ${id}`, jwk.d);
  }
}

describe('attack 58: secrets in what is written down', () => {
  let metrics = '';
  let rows: ReadonlyMap<string, string> = new Map();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wardgate-secrets-'));
    testDatabase = await createTestDatabase();
    upstream = await startHttpService();
    mailServer = await startMailServer({ onAuth: (_auth, _session, done) => done(null, { user: 'mailer' }) });
    const mailPassword = secret('password of the mail server', 'mail-server-word-8823-ferry');
    const file = join(folder, 'gateway.yaml');
    await writeFile(
      file,
      `version: 1
trusted_proxies: ["127.0.0.1/32"]
credentials: [bearer, session_cookie, access_token_cookie, api_key]
issuers: [{ id: wardgate, audience: clinic }]
accounts: { registration: open, default_roles: [patient] }
upstreams: { service: { url: "${upstream.origin}" } }
routes:
  - { id: patients, path: /patients/**, upstream: service, allow: [{ roles: [admin] }] }
  - { id: notes, path: /notes, upstream: service, live: true, allow: [{ roles: [patient] }, { roles: [doctor] }] }
`,
    );
    for (const [name, value] of Object.entries(FIXED))
      for (const [index, each] of value.split(',').entries())
        if (name !== 'WARDGATE_CLIENT_ID') secret(`${name} ${index}`, each);
    const { password } = new URL(testDatabase.url);
    if (password.length >= 10) secret('password of the database', password);
    wardgate = await startWardgateProcess({
      ...FIXED,
      NODE_ENV: 'production',
      LOG_LEVEL: 'trace',
      DATABASE_URL: testDatabase.url,
      WARDGATE_CONFIG: file,
      WARDGATE_PUBLIC_URL: ORIGIN,
      SMTP_URL: `smtp://mailer:${mailPassword}@127.0.0.1:${mailServer.port}`,
      WARDGATE_MAIL_FROM: 'Clinic <no-reply@clinic.test>',
    });
    await liveAsUser();
    await administer();
    await misuse();
    await openSigningKeys();
    metrics = await (await ask('GET', '/metrics', { headers: bearer(FIXED.METRICS_TOKEN) })).text();
    // Stops only when all events are stored.
    await wardgate.stop();
    rows = await readRows();
  });
  afterAll(async () => {
    await wardgate?.stop();
    await upstream?.close();
    await mailServer?.close();
    await testDatabase?.drop();
    await rm(folder, { recursive: true, force: true });
  });

  it('happened as it was meant to: there is something to be found, in the log and in every place', () => {
    expect(secrets.size).toBeGreaterThan(30);
    expect(wardgate.output().split('\n').length).toBeGreaterThan(50);
    for (const said of ['log-in refused', 'a spent refresh token was presented', '"msg":"request"'])
      expect(wardgate.output()).toContain(said);
    for (const table of [
      'users',
      'sessions',
      'audit_events',
      'api_keys',
      'clients',
      'signing_keys',
      'refresh_keys',
    ])
      expect(rows.get(`public.${table}`), table).not.toBe('');
    expect(metrics).toContain('wardgate_audit_events_total{event="session.begun",outcome="refused"');
    expect(answers.length).toBeGreaterThan(30);
  });

  it('leaves none in any line of the log, at any level', () => {
    expect(findTraces(wardgate.output(), secrets)).toEqual([]);
  });

  it('leaves none in any row of any table', () => {
    const found = [...rows].flatMap(([table, text]) =>
      findTraces(text, secrets).map((trace) => ({ table, ...trace })),
    );
    expect(found).toEqual([]);
  });

  it('leaves none in any refusal, in what commands print, and in the metrics', () => {
    expect(findTraces(answers.join('\n'), secrets)).toEqual([]);
    expect(findTraces(metrics, secrets)).toEqual([]);
  });
});
