import { createNodeVerifier } from '../../../src/adapters/node/verify-signature-node.ts';
import { nodeFingerprint } from '../../../src/entry/wiring/node-edge-parts.ts';
import type { Authentication } from '../../../src/gateway/authenticators/authenticator.ts';
import { createJwtAuthenticator } from '../../../src/gateway/authenticators/jwt-authenticator.ts';
import type { VerifySignature } from '../../../src/gateway/authenticators/verify-signature.ts';
import type { IssuerPolicy } from '../../../src/gateway/policy/policy.ts';
import type { Principal } from '../../../src/identity/principal.ts';
import { createManualClock, type ManualClock } from '../memory-stores/memory-stores.ts';
import { AUDIENCE, FOREIGN_ISSUER, OWN_ISSUER, testKey } from '../tokens/tokens.ts';
import { createSteeredSource, keySetOf, type SteeredSource } from './key-sets.ts';

/** Our own core, as a policy file without more words has it. */
export const OWN_POLICY: IssuerPolicy = {
  id: 'wardgate',
  issuer: OWN_ISSUER,
  audience: AUDIENCE,
  narrowAudiences: new Set(['alerts', 'patients']),
  algorithms: ['RS256', 'ES256', 'EdDSA'],
  types: ['at+jwt'],
  roles: { claimPath: ['roles'], map: undefined },
  keys: { kind: 'core' },
};

/** A foreign issuer that also takes tokens which do not say what they are, as older ones need. */
export const FOREIGN_POLICY: IssuerPolicy = {
  id: 'keycloak',
  issuer: FOREIGN_ISSUER,
  audience: AUDIENCE,
  narrowAudiences: new Set(),
  algorithms: ['RS256'],
  types: ['at+jwt', 'jwt', undefined],
  roles: { claimPath: ['realm_access', 'roles'], map: undefined },
  keys: { kind: 'discovery' },
};

/** An authenticator of our own tokens and a foreign issuer's, each with its own key set, and what a test moves. */
export interface TestAuthenticator {
  readonly clock: ManualClock;
  readonly ownKeys: SteeredSource;
  readonly foreignKeys: SteeredSource;
  /** How often a signature was checked. */
  readonly verifications: number;
  judge(token: string): Authentication | Promise<Authentication>;
  /** The reason of a rejection, or the kind of any other answer. */
  verdict(token: string): Promise<string>;
  /** The principal; fails where there is none. */
  principal(token: string): Promise<Principal>;
}

/** Both issuers sign with `testKey()` unless a test gives other key sets. */
export async function createTestAuthenticator(
  changes: {
    readonly own?: Partial<IssuerPolicy>;
    readonly foreign?: Partial<IssuerPolicy>;
    readonly rememberedMax?: number;
  } = {},
): Promise<TestAuthenticator> {
  const clock = createManualClock();
  const { publicJwk } = await testKey();
  const ownKeys = createSteeredSource([publicJwk]);
  const foreignKeys = createSteeredSource([publicJwk]);
  let verifications = 0;
  const verify = createNodeVerifier();
  const verifySignature: VerifySignature = (...input) => {
    verifications += 1;
    return verify(...input);
  };
  const authenticator = createJwtAuthenticator({
    issuers: [
      { policy: { ...OWN_POLICY, ...changes.own }, keySet: keySetOf(ownKeys.source, clock.now) },
      { policy: { ...FOREIGN_POLICY, ...changes.foreign }, keySet: keySetOf(foreignKeys.source, clock.now) },
    ],
    fingerprint: nodeFingerprint,
    clock: clock.now,
    verifySignature,
    rememberedMax: changes.rememberedMax ?? 100,
  });
  const judge = (token: string) =>
    authenticator.authenticate({ kind: 'access_token', token, fromCookie: false });
  return {
    clock,
    ownKeys,
    foreignKeys,
    get verifications() {
      return verifications;
    },
    judge,
    async verdict(token) {
      const answer = await judge(token);
      return answer.kind === 'rejected' ? answer.because : answer.kind;
    },
    async principal(token) {
      const answer = await judge(token);
      if (answer.kind !== 'authenticated') throw new Error(JSON.stringify(answer));
      return answer.principal;
    },
  };
}
