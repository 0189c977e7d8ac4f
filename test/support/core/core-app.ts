import { createLocalJWKSet, jwtVerify } from 'jose';
import { createRateCounters } from '../../../src/adapters/node/limits/rate-counters.ts';
import type { AuditEvent } from '../../../src/core/audit/audit-log.ts';
import { createBackgroundWork } from '../../../src/core/background-work.ts';
import type { CoreSettings } from '../../../src/core/core-settings.ts';
import { type Core, type CoreOptions, createCore } from '../../../src/core/create-core.ts';
import type { CallerAuthentication, CallerFinding } from '../../../src/core/http/caller-authentication.ts';
import type { CoreApp } from '../../../src/core/http/core-env.ts';
import { createRequestLimiter } from '../../../src/core/limits/request-limiter.ts';
import type { Mail } from '../../../src/core/mail/mailer.ts';
import { createGuessLimiter } from '../../../src/core/passwords/guess-limiter.ts';
import type { PasswordHasher } from '../../../src/core/passwords/password-hasher.ts';
import { createPasswordPolicy } from '../../../src/core/passwords/password-policy.ts';
import { DAY_SECONDS } from '../../../src/lib/durations.ts';
import type { Log, LogFields } from '../../../src/lib/log.ts';
import { createOutcomeCounts, type OutcomeCounts } from '../../../src/lib/outcome-counts.ts';
import {
  createManualClock,
  createMemoryStores,
  type ManualClock,
  type MemoryStores,
} from '../memory-stores/memory-stores.ts';
import { answerCheckOf } from '../openapi/answer-check.ts';
import { createSteeredTokens, type SteeredTokens } from '../tokens/steered-tokens.ts';
import { createRecordingMailer } from './mails.ts';
import { createRecordingAuditLog } from './recording-audit-log.ts';
import { SESSION_LIMITS } from './session-limits.ts';

/** The password of the users that `startCoreApp` seeds. */
export const PASSWORD = 'wardgate-test-passphrase';
/** All that is too common in these tests. */
const COMMON_PASSWORDS: ReadonlySet<string> = new Set(['iloveyouforever', 'correcthorsebatterystaple']);
/** The audience of the core under test. */
const AUDIENCE = 'clinic';
/** The internal client of the core under test. */
export const INTERNAL_CLIENT = { id: 'edge', secret: 'edge-secret-of-32-bytes-0000000000' };

/** A hasher without cost, which counts its work. */
export interface CountingHasher extends PasswordHasher {
  readonly verified: string[];
  failWith?: Error;
}

/** The core on memory stores, with what a test looks at. */
export interface CoreUnderTest {
  readonly core: Core;
  readonly app: CoreApp;
  /** What the core knows of tokens that others ask about. */
  readonly tokens: SteeredTokens;
  readonly clock: ManualClock;
  readonly stores: MemoryStores;
  readonly hasher: CountingHasher;
  /** Every log line, as JSON. */
  readonly logged: string[];
  /** Every mail that was sent. */
  readonly mails: readonly Mail[];
  /** Waits for what goes on behind answers. */
  settled(): Promise<void>;
  /** How often questions about tokens were answered how. */
  readonly introspections: OutcomeCounts;
  /** Every event that was recorded for the audit log. */
  readonly recorded: AuditEvent[];
  /** Sends a request with JSON as body, where there is one. Throws when the answer is not as the contract says. */
  send(method: string, path: string, options?: SendOptions): Promise<Response>;
  /** Logs a seeded user in and answers with its access token and session. */
  logIn(login: string): Promise<{ accessToken: string; sessionId: string; expiresIn: number }>;
  /** Logs a seeded user in and answers with the value of its session cookie. */
  logInWithCookie(login: string): Promise<{ cookie: string; sessionId: string }>;
}

interface SendOptions {
  readonly body?: unknown;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the policy file says of issuance in these tests; ES256, because its keys are made at once. */
export const TEST_SETTINGS: CoreSettings = {
  accounts: { registration: 'open', defaultRoles: ['patient'] },
  limits: SESSION_LIMITS,
  sessionRetentionSeconds: 90 * DAY_SECONDS,
  signing: { algorithm: 'ES256', rotateAfterSeconds: 90 * DAY_SECONDS },
};

const FACTS = { requestId: 'req-1', clientAddress: '192.0.2.7' };

/** Starts a core whose users are `patient`, `doctor` and `admin`, each `…@demo.test`. */
export async function startCoreApp(options: Partial<CoreOptions> = {}): Promise<CoreUnderTest> {
  const clock = createManualClock();
  const stores = createMemoryStores(clock.now);
  const hasher = createCountingHasher();
  const counters = createRateCounters({ clock: clock.now });
  const logged: string[] = [];
  const log = recordingLog(logged);
  const background = createBackgroundWork(log);
  const mailer = createRecordingMailer();
  const audit = createRecordingAuditLog();
  const introspections = createOutcomeCounts();
  await seed(stores, hasher);
  const core = await createCore({
    users: stores.users,
    oneTimeTokens: stores.oneTimeTokens,
    mailer,
    background,
    sessions: stores.sessions,
    refreshKeyStore: stores.refreshKeys,
    signingKeyStore: stores.signingKeys,
    apiKeyStore: stores.apiKeys,
    clientStore: stores.clients,
    revocationLog: stores.revocationLog,
    subjectStanding: stores.subjectStanding,
    hasher,
    guesses: createGuessLimiter(counters),
    requests: createRequestLimiter(counters),
    passwordPolicy: createPasswordPolicy({ isCommon: (text) => COMMON_PASSWORDS.has(text) }),
    audit,
    refreshes: createOutcomeCounts(),
    introspections,
    auditStore: stores.audit,
    secrets: ['a-secret-of-at-least-32-bytes-00000'],
    about: { version: '1.2.3', description: 'What it is for.', license: 'Apache-2.0' },
    publicUrl: 'https://gate.test',
    audience: AUDIENCE,
    roleScopes: new Map([['doctor', ['patients:read', 'alerts:read']]]),
    settings: TEST_SETTINGS,
    clock: clock.now,
    log,
    internalClient: INTERNAL_CLIENT,
    ...options,
  });
  // What a test sees recorded is what it did: the first signing key is none of it.
  audit.recorded.length = 0;
  const tokens = createSteeredTokens(core, options.clock ?? clock.now);
  const app = core.createApp(createCallers(core, clock), core.createIntrospection(tokens));
  const send = async (method: string, path: string, { body, token, headers }: SendOptions = {}) => {
    const response = await app.request(
      path,
      {
        method,
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      },
      FACTS,
    );
    await (await answerCheckOf(app))(method, path, response);
    return response;
  };
  const { settled } = background;
  const seen = { logged, recorded: audit.recorded, mails: mailer.mails, settled, introspections };
  return { core, app, tokens, clock, stores, hasher, ...seen, send, ...createLogIns(send) };
}

function createLogIns(send: CoreUnderTest['send']): Pick<CoreUnderTest, 'logIn' | 'logInWithCookie'> {
  const post = async (body: unknown) => send('POST', '/v1/auth/sessions', { body });
  return {
    async logIn(login) {
      const body = await (await post({ login, password: PASSWORD })).json();
      return { accessToken: body.accessToken, sessionId: body.session.id, expiresIn: body.expiresIn };
    },
    async logInWithCookie(login) {
      const response = await post({ login, password: PASSWORD, transport: 'cookie' });
      const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
      return { cookie, sessionId: (await response.json()).session.id };
    },
  };
}

function createCountingHasher(): CountingHasher {
  const verified: string[] = [];
  return {
    verified,
    hash: async (password) => `plain:${password}`,
    async verify(phc, password) {
      if (this.failWith !== undefined) throw this.failWith;
      verified.push(phc);
      return phc === `plain:${password}`;
    },
    needsRehash: (phc) => !phc.startsWith('plain:'),
  };
}

async function seed({ users }: MemoryStores, hasher: PasswordHasher): Promise<void> {
  for (const role of ['patient', 'doctor', 'admin'])
    await users.create({
      email: `${role}@demo.test`,
      username: role,
      passwordHash: await hasher.hash(PASSWORD),
      roles: [role],
      patientId: role === 'patient' ? 'p-100' : undefined,
      doctorId: role === 'doctor' ? 'd-200' : undefined,
    });
}

function recordingLog(logged: string[]): Log {
  const write = (level: string) => (message: string, fields?: LogFields) => {
    logged.push(JSON.stringify({ level, message, ...fields }));
  };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

/** Callers by bearer token or session cookie, as the edge would tell them. */
function createCallers(core: Core, clock: ManualClock): CallerAuthentication {
  async function byToken(token: string, fromCookie: boolean): Promise<CallerFinding> {
    const { keys } = await core.keySet();
    const verifying = jwtVerify(token, createLocalJWKSet({ keys: [...keys] }), {
      typ: 'at+jwt',
      audience: AUDIENCE,
      currentDate: new Date(clock.now()),
    });
    const verified = await verifying.catch(() => undefined);
    if (verified === undefined) return { kind: 'rejected' };
    const { sub, sid } = verified.payload;
    return { kind: 'caller', caller: { userId: String(sub), sessionId: String(sid), fromCookie } };
  }

  return {
    async authenticateCaller(headers) {
      const token = /^Bearer (.+)$/.exec(headers.get('authorization') ?? '')?.[1];
      const cookie = /wardgate_session=([^;]*)/.exec(headers.get('cookie') ?? '')?.[1];
      const tokenCookie = /(?:^|; )access_token=([^;]*)/.exec(headers.get('cookie') ?? '')?.[1];
      if (token !== undefined && cookie !== undefined) return { kind: 'ambiguous' };
      if (token !== undefined) return byToken(token, false);
      if (cookie === undefined && tokenCookie !== undefined) return byToken(tokenCookie, true);
      if (cookie === undefined) return { kind: 'missing' };
      const facts = await core.activeSessions.findByToken(cookie);
      if (facts === undefined) return { kind: 'rejected' };
      const { userId, sessionId } = facts;
      return { kind: 'caller', caller: { userId, sessionId, fromCookie: true } };
    },
  };
}
