import { parseEnvironment } from '../../../src/config/environment.ts';
import { parsePolicyFile } from '../../../src/config/policy-file.ts';
import type { SessionTransport } from '../../../src/core/sessions/session-store.ts';
import { DEMO_PASSWORD, seedDemoUsers } from '../../../src/entry/demo/demo-users.ts';
import { startWardgate } from '../../../src/entry/start-wardgate.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { createTestDatabase } from '../postgres/database.ts';
import {
  type RecordingUpstream,
  startRecordingUpstream,
  type UpstreamRequest,
} from '../servers/recording-upstream.ts';
import { openSeveredLink, type SeveredLink } from '../servers/severed-link.ts';
import { type SteeredIssuer, startSteeredIssuer } from '../tokens/steered-issuer.ts';
import { signForeignToken, testKey } from '../tokens/tokens.ts';
import { type RawResponse, rawRequest, sendRaw } from '../wire/raw-http.ts';

/** Another address of the loopback than the trusted one; Linux answers at all of 127.0.0.0/8. */
export const STRANGER = '127.0.0.2';
/** The public address; https, so that the session cookie has its strict name. */
export const PUBLIC_URL = 'https://gate.test';

/** The routes that attacks aim at. Peers at 127.0.0.1 are trusted proxies, others are not. */
function policyText(
  upstream: string,
  issuer: SteeredIssuer,
  more: readonly SteeredIssuer[],
  credentials: string,
): string {
  const further = more.map(
    ({ issuer: address, jwksUri }, index) =>
      `  - { id: issuer-${index}, issuer: '${address}', audience: clinic, jwks_uri: '${jwksUri}', roles: { claim: realm_access.roles, map: { physician: doctor } } }\n`,
  );
  return `
version: 1
trusted_proxies: ["127.0.0.1/32"]
credentials: [${credentials}]
issuers:
  - { id: wardgate, audience: clinic }
  - { id: foreign, issuer: '${issuer.issuer}', audience: clinic, jwks_uri: '${issuer.jwksUri}', roles: { claim: realm_access.roles, map: { physician: doctor } } }
${further.join('')}role_scopes:
  doctor: [alerts:read]
upstreams:
  service: { url: '${upstream}', timeout: 5s, idle_timeout: 5s }
routes:
  - id: patient-record
    path: /patients/:patientId/**
    methods: [GET, POST]
    upstream: service
    allow:
      - roles: [doctor, admin]
      - { roles: [patient], where: { path.patientId: claims.patient_id } }
  - { id: doctors, path: /doctors/**, upstream: service, allow: [{ roles: [doctor] }] }
  - { id: secret, path: /secret, upstream: service, allow: [{ roles: [admin] }] }
  - { id: admin, path: /admin/**, upstream: service, allow: [{ roles: [admin] }] }
  - { id: live, path: /live/**, upstream: service, live: true, allow: [{ roles: [doctor] }] }
  - { id: relayed, path: /relayed/**, upstream: service, forward_credential: true, allow: [{ roles: [doctor] }] }
  - { id: asserted, path: /asserted/**, upstream: service, assertion: true, allow: [{ roles: [doctor] }] }
  - { id: public-asserted, path: /public/asserted, upstream: service, assertion: true, access: public }
  - { id: public-info, path: /public/**, upstream: service, access: public }
`;
}

/** What came of one request: the client's answer, and what reached the service behind. */
export interface Outcome {
  readonly response: RawResponse;
  readonly reached: readonly UpstreamRequest[];
}

/** What a test may set. */
export interface Sending {
  readonly body?: string;
  /** The address to come from: a trusted proxy's unless a test says otherwise. */
  readonly from?: string;
}

/** A real Wardgate of role `all` on a database of its own, with a service behind it and a foreign issuer beside it. */
export interface AttackedWardgate {
  readonly port: number;
  readonly upstream: RecordingUpstream;
  readonly issuer: SteeredIssuer;
  readonly database: SeveredLink;
  /** The header line `Authorization: Bearer …` of a seeded user. */
  bearer(user: SeededUser): string;
  /** The header line `Cookie: …` of a seeded user's browser session. */
  cookie(user: SeededUser): string;
  /** A foreign doctor's token, with claims and header of a test's choice. */
  foreignToken: typeof signForeignToken;
  /** Sends one request: `send('GET /a', ['X-A: b'])`. */
  send(line: string, headerLines?: readonly string[], sending?: Sending): Promise<Outcome>;
  /** Sends a request that must be answered 200 by the service, and returns what the service saw. */
  reach(line: string, headerLines?: readonly string[], sending?: Sending): Promise<UpstreamRequest>;
  /** Sends bytes as they are. */
  sendBytes(bytes: string, from?: string): Promise<Outcome>;
  /** Logs in anew: the header line of a fresh session. */
  logIn(user: SeededUser, transport: SessionTransport): Promise<string>;
  /** Starts another Wardgate on the same database. */
  startReplica(): Promise<{ readonly port: number; stop(): Promise<void> }>;
  stop(): Promise<void>;
}

/** The users of the demo. */
export type SeededUser = 'patient' | 'doctor' | 'admin';

const USERS = ['patient', 'doctor', 'admin'] as const;

/**
 * Starts everything on free ports, with every user logged in twice: by token and by cookie. Further issuers are the test's to close. `credentials`: the kinds that
 * the policy enables.
 */
export async function startAttackedWardgate(
  moreIssuers: readonly SteeredIssuer[] = [],
  credentials = 'bearer, session_cookie, access_token_cookie',
): Promise<AttackedWardgate> {
  const upstream = await startRecordingUpstream();
  const key = await testKey('RS256', 'foreign-key');
  const issuer = await startSteeredIssuer([key.publicJwk]);
  const testDatabase = await createTestDatabase();
  const databaseUrl = new URL(testDatabase.url);
  const database = await openSeveredLink(databaseUrl.hostname, Number(databaseUrl.port));
  databaseUrl.hostname = '127.0.0.1';
  databaseUrl.port = String(database.port);

  const { environment, policy } = configure(
    databaseUrl.href,
    policyText(upstream.origin, issuer, moreIssuers, credentials),
  );
  const wardgate = await startWardgate(environment, policy, silentLog);
  if (wardgate.core === undefined) throw new Error('no core');
  const { core, users } = wardgate.core;
  await seedDemoUsers(core.administerUsers, users, { actor: { kind: 'system' } });
  const { port } = wardgate;
  const logIn = (user: SeededUser, transport: SessionTransport) => logInOver(port, user, transport);
  const bearers = await Promise.all(USERS.map((user) => logIn(user, 'bearer')));
  const cookies = await Promise.all(USERS.map((user) => logIn(user, 'cookie')));

  const sendBytes = async (bytes: string, from = '127.0.0.1'): Promise<Outcome> => {
    upstream.take();
    const response = await sendRaw(port, bytes, from);
    return { response, reached: upstream.take() };
  };
  const send: AttackedWardgate['send'] = (line, headerLines = [], { body = '', from } = {}) =>
    sendBytes(rawRequest(line, headerLines, body), from);
  return {
    port,
    upstream,
    issuer,
    database,
    bearer: (user) => bearers[USERS.indexOf(user)] ?? '',
    cookie: (user) => cookies[USERS.indexOf(user)] ?? '',
    foreignToken: (claims, options) =>
      signForeignToken(
        { iss: issuer.issuer, sid: undefined, ...claims },
        { key, at: Math.floor(Date.now() / 1000), ...options },
      ),
    send,
    async reach(...request) {
      const { response, reached } = await send(...request);
      const [seen] = reached;
      if (response.status !== 200 || seen === undefined || reached.length > 1)
        throw new Error(
          `${response.status} ${response.body}, and ${reached.length} requests reached the service`,
        );
      return seen;
    },
    sendBytes,
    logIn,
    startReplica: () => startWardgate(environment, policy, silentLog),
    async stop() {
      await upstream.close();
      await wardgate.stop();
      await issuer.close();
      await database.close();
      await testDatabase.drop();
    },
  };
}

function configure(databaseUrl: string, text: string) {
  const environment = parseEnvironment({
    NODE_ENV: 'test',
    PORT: '0',
    WARDGATE_PUBLIC_URL: PUBLIC_URL,
    WARDGATE_SECRET: 'a-secret-of-at-least-32-bytes-00000',
    DATABASE_URL: databaseUrl,
    LOG_LEVEL: 'silent',
  });
  const policy = parsePolicyFile(text, { publicUrl: PUBLIC_URL });
  if (!environment.ok || !policy.ok) throw new Error(JSON.stringify([environment, policy]));
  return { environment: environment.value, policy: policy.value };
}

async function logInOver(port: number, user: SeededUser, transport: SessionTransport): Promise<string> {
  const body = JSON.stringify({ login: `${user}@demo.test`, password: DEMO_PASSWORD, transport });
  const headers = [
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    `Origin: ${PUBLIC_URL}`,
  ];
  const response = await sendRaw(port, rawRequest('POST /v1/auth/sessions', headers, body));
  if (response.status !== 201) throw new Error(`log in: ${response.status} ${response.body}`);
  if (transport === 'bearer') return `Authorization: Bearer ${JSON.parse(response.body).accessToken}`;
  const cookie = response.headers.find(([name]) => name === 'set-cookie')?.[1] ?? '';
  return `Cookie: ${cookie.split(';')[0]}`;
}
