import { createServer } from 'node:http';
import type { JWK } from 'jose';
import type { AssertionSigner } from '../../../src/gateway/identity-headers/assertion-signer.ts';
import { close, listen } from '../servers/loopback-server.ts';
import { DOCTOR_ID, OWN_ISSUER, type SigningOptions, signClaims, TOKEN_TIME } from './tokens.ts';

/** The claims of a doctor's identity assertion for the upstream `patients`. */
export function assertionClaims(at = TOKEN_TIME): Record<string, unknown> {
  return {
    iss: OWN_ISSUER,
    aud: 'patients',
    sub: DOCTOR_ID,
    sub_iss: OWN_ISSUER,
    iat: at,
    exp: at + 60,
    jti: `jti_${'2'.repeat(32)}`,
    roles: ['doctor'],
    scope: 'alerts:read patients:read',
    username: 'doctor@demo.test',
    sid: `ses_${'5'.repeat(32)}`,
    doctor_id: 'd-200',
  };
}

/** Signs an identity assertion as our own core does: `signAssertion({ aud: 'other' })` differs in `aud` alone. */
export function signAssertion(claims: Readonly<Record<string, unknown>> = {}, options: SigningOptions = {}) {
  const header = { typ: 'identity-assertion+jwt', ...options.header };
  return signClaims({ ...assertionClaims(options.at), ...claims }, { ...options, header });
}

/** Signs whatever it is asked to, as our own core does, at the time that it is. */
export const assertionSigner: AssertionSigner = {
  async sign({ audience, subject, roles, scopes }) {
    const at = Math.floor(Date.now() / 1000);
    const claims = { aud: audience, sub: subject, roles, scope: scopes.join(' ') };
    return { token: await signAssertion(claims, { at }), expiresAt: at + 60 };
  },
};

/** A key set on loopback, as `/.well-known/jwks.json` answers it, that a test may change and take down. */
export interface KeySetServer {
  readonly origin: string;
  keys: readonly JWK[];
  /** What is answered instead of the keys, while set. */
  fault: { readonly status: number; readonly body: string } | undefined;
  readonly fetches: number;
  stop(): Promise<void>;
}

/** Starts a server of a key set. */
export async function startKeySetServer(keys: readonly JWK[]): Promise<KeySetServer> {
  let fetches = 0;
  const server = createServer((request, response) => {
    fetches += 1;
    const found = request.url === '/.well-known/jwks.json';
    const { status, body } = set.fault ?? {
      status: found ? 200 : 404,
      body: JSON.stringify({ keys: set.keys }),
    };
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  const address = await listen(server);
  const set: KeySetServer = {
    origin: `http://${address}`,
    keys,
    fault: undefined,
    get fetches() {
      return fetches;
    },
    stop: () => close(server),
  };
  return set;
}
