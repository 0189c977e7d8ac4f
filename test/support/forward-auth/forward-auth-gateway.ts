import { createGatewayServer } from '../../../src/adapters/node/server/gateway-server.ts';
import { DEFAULT_SERVER_LIMITS } from '../../../src/adapters/node/server/server-limits.ts';
import { createNodeVerifier } from '../../../src/adapters/node/verify-signature-node.ts';
import { createUndiciProxy } from '../../../src/adapters/undici/undici-proxy.ts';
import { parsePolicyFile } from '../../../src/config/policy-file.ts';
import { wireGateway } from '../../../src/entry/wiring/wire-gateway.ts';
import type { ActiveSession, SessionLookup } from '../../../src/gateway/session-lookup.ts';
import { createOpenStreams } from '../../../src/gateway/streams/open-streams.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { systemTimer } from '../../../src/lib/system-timer.ts';
import { quietRevocations } from '../revocations/quiet-revocations.ts';
import { createSteeredNews } from '../revocations/steered-news.ts';
import { assertionSigner } from '../tokens/assertions.ts';
import {
  AUDIENCE,
  FOREIGN_ISSUER,
  OWN_ISSUER,
  signForeignToken,
  signToken,
  testKey,
} from '../tokens/tokens.ts';

const UNREACHABLE_ISSUER = 'https://down.test';

/** The services' addresses do not matter: in forward-auth the reverse proxy reaches them, not the gateway. */
const POLICY = `
version: 1
trusted_proxies: [TRUSTED]
credentials: [bearer, session_cookie, access_token_cookie]
issuers:
  - { id: wardgate, audience: ${AUDIENCE} }
  - { id: foreign, issuer: '${FOREIGN_ISSUER}', audience: ${AUDIENCE}, algorithms: [RS256], jwks_uri: 'https://id.test/jwks' }
  - { id: down, issuer: '${UNREACHABLE_ISSUER}', audience: ${AUDIENCE}, algorithms: [RS256], jwks_uri: 'https://down.test/jwks' }
upstreams:
  patients: { url: http://127.0.0.1:9 }
  doctors: { url: http://127.0.0.1:9 }
  alerts: { url: http://127.0.0.1:9 }
routes:
  - id: patient-record
    path: /patients/:patientId/**
    methods: [GET, POST]
    upstream: patients
    allow:
      - roles: [doctor, admin]
      - roles: [patient]
        where: { path.patientId: claims.patient_id }
  - { id: doctors, path: /doctors/**, upstream: doctors, allow: [{ roles: [doctor] }] }
  - { id: asserted, path: /doctors/asserted, upstream: doctors, assertion: true, allow: [{ roles: [doctor] }] }
  - { id: alerts, path: /alerts/**, upstream: alerts, allow: [{ roles: [doctor] }] }
  - { id: public-info, path: /public/**, upstream: patients, access: public }
  - { id: public-asserted, path: /public/asserted, upstream: patients, assertion: true, access: public }
`;

const DOCTOR_SESSION_TOKEN = `doctor_${'s'.repeat(36)}`;

const doctorSession: ActiveSession = {
  sessionId: `ses_${'5'.repeat(32)}`,
  userId: `usr_${'d'.repeat(32)}`,
  username: 'doctor@demo.test',
  roles: ['doctor'],
  scopes: [],
  patientId: undefined,
  doctorId: 'd-200',
  expiresAt: 4_102_444_800,
};

const sessions: SessionLookup = {
  findByToken: async (token) => (token === DOCTOR_SESSION_TOKEN ? doctorSession : undefined),
  isActive: async () => true,
};

/** The credentials of the cases, as header lines. */
export interface CaseCredentials {
  readonly doctor: string;
  /** Of a patient linked to `p-100`. */
  readonly patient: string;
  /** Of a foreign issuer, without username and session. */
  readonly foreign: string;
  /** Of an issuer whose key set cannot be had. */
  readonly unverifiable: string;
  readonly invalid: string;
  readonly doctorCookie: string;
}

/** A gateway behind a socket of its own. */
export interface ForwardAuthGateway {
  readonly port: number;
  readonly address: string;
  readonly credentials: CaseCredentials;
  stop(): Promise<void>;
}

/** Starts the real gateway, whole from the policy file to the socket; only the core and the issuers beyond are the test's. */
export async function startForwardAuthGateway(trustedProxies = '127.0.0.1/32'): Promise<ForwardAuthGateway> {
  const policy = parsePolicyFile(POLICY.replace('TRUSTED', `"${trustedProxies}"`), { publicUrl: OWN_ISSUER });
  if (!policy.ok) throw new Error(JSON.stringify(policy.reason));
  const keys = [(await testKey()).publicJwk];
  const { gateway } = wireGateway(policy.value, {
    fingerprint: (text) => text,
    verifySignature: createNodeVerifier(),
    clock: Date.now,
    keySetClients: new Map(),
    publicUrl: OWN_ISSUER,
    coreKeySet: async () => ({ keys, maxAgeSeconds: undefined }),
    sessions,
    machines: { findApiKey: async () => undefined, isActive: async () => true },
    revocations: quietRevocations(),
    assertionSigner,
    fetch: async (url) => {
      if (String(url).startsWith(UNREACHABLE_ISSUER)) throw new TypeError('fetch failed');
      return Response.json({ keys });
    },
    log: silentLog,
  });
  const { news } = createSteeredNews();
  const streams = createOpenStreams({ news, clock: Date.now, timer: systemTimer, log: silentLog });
  const proxy = createUndiciProxy({ streams, timer: systemTimer, log: silentLog });
  const server = createGatewayServer({
    gateway,
    proxy,
    app: ({ outgoing }) => outgoing.writeHead(200, { 'X-Answered-By': 'wardgate' }).end(),
    observer: { observe() {} },
    log: silentLog,
    clock: () => performance.now(),
    createRequestId: () => 'req_test',
    limits: { ...DEFAULT_SERVER_LIMITS, closeGraceMs: 100 },
  });
  const { port } = await server.listen('127.0.0.1', 0);
  return {
    port,
    address: `127.0.0.1:${port}`,
    credentials: await caseCredentials(),
    async stop() {
      await server.close();
      await proxy.close();
    },
  };
}

async function caseCredentials(): Promise<CaseCredentials> {
  const at = Math.floor(Date.now() / 1000);
  const bearer = (token: string) => `Authorization: Bearer ${token}`;
  const patient = { sub: `usr_${'a'.repeat(32)}`, username: 'patient@demo.test', roles: ['patient'] };
  return {
    doctor: bearer(await signToken({}, { at })),
    patient: bearer(await signToken({ ...patient, patient_id: 'p-100' }, { at })),
    foreign: bearer(
      await signForeignToken(
        { preferred_username: undefined, sid: undefined, realm_access: undefined },
        { at, header: { typ: undefined } },
      ),
    ),
    unverifiable: bearer(await signForeignToken({ iss: UNREACHABLE_ISSUER }, { at })),
    invalid: bearer('not.a.token'),
    doctorCookie: `Cookie: theme=dark; __Host-wardgate_session=${DOCTOR_SESSION_TOKEN}; lang=de`,
  };
}
