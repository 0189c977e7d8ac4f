import type { Clock } from '../../lib/durations.ts';
import type { Fingerprint } from '../../lib/fingerprint.ts';
import { createRecentMemory, type RecentMemory } from '../../lib/recent-memory.ts';
import { type CompactJws, hasThreeParts, readCompactJws } from '../../oauth/compact-jws.ts';
import { TOKEN_LENGTH_MAX } from '../../oauth/token-limits.ts';
import type { RejectReason } from '../decision.ts';
import type { KeyFinding, KeySetClient } from '../key-sets/key-set-client.ts';
import type { VerificationKey } from '../key-sets/verification-key.ts';
import type { IssuerPolicy } from '../policy/policy.ts';
import type { Authentication, Authenticator } from './authenticator.ts';
import { corePrincipal } from './core-principal.ts';
import { foreignPrincipal } from './foreign-principal.ts';
import { readJwsHeader } from './jws-header.ts';
import { checkRegisteredClaims, isExpired } from './registered-claims.ts';
import { isOtherKindOfToken } from './token-kind.ts';
import type { VerifySignature } from './verify-signature.ts';

/** An issuer whose tokens are accepted, with its keys: no other issuer's key verifies its tokens. */
export interface JwtIssuer {
  readonly policy: IssuerPolicy;
  readonly keySet: KeySetClient;
}

/** What the authenticator works with. */
export interface JwtAuthenticatorOptions {
  /** Each with another `issuer`. */
  readonly issuers: readonly JwtIssuer[];
  readonly fingerprint: Fingerprint;
  readonly clock: Clock;
  readonly verifySignature: VerifySignature;
  /** How many verified tokens are remembered. */
  readonly rememberedMax?: number;
}

const REMEMBERED_MAX = 10_000;

const NOT_APPLICABLE: Authentication = { kind: 'not_applicable' };
const KEYS_UNAVAILABLE: Authentication = { kind: 'unavailable', dependency: 'key_set' };

/** A token that was verified: facts alone, and what they stand on. */
interface RememberedToken {
  readonly authentication: Authentication;
  /** Of the token, in seconds since the Unix epoch. */
  readonly expiresAt: number;
  /** Where the key must still stand when the token is used again. */
  readonly keySet: KeySetClient;
  readonly key: VerificationKey;
}

/** A token on its way: read, its issuer chosen, nothing verified. */
interface Candidate {
  readonly jws: CompactJws;
  readonly issuer: JwtIssuer;
  readonly fingerprint: string;
}

/**
 * Makes the authenticator of JWT access tokens. `iss` selects one issuer, whose algorithms, types and keys alone count; then the
 * signature, then the claims. A verified token is remembered by its fingerprint for as long as it and its key are good, and is then answered
 * at once. What is remembered is this authenticator's own: another configuration is another authenticator and judges afresh. Does NOT know of revoked sessions, and does NOT remember rejections. @see RFC 9068, section 4; RFC 8725, section 3
 */
export function createJwtAuthenticator(options: JwtAuthenticatorOptions): Authenticator {
  const { clock, fingerprint } = options;
  const byIssuer = new Map(options.issuers.map((issuer) => [issuer.policy.issuer, issuer]));
  if (byIssuer.size !== options.issuers.length) throw new Error('two issuers have the same address');
  const remembered = createRecentMemory<RememberedToken>(options.rememberedMax ?? REMEMBERED_MAX);

  return {
    name: 'jwt',
    authenticate(credential) {
      if (credential.kind !== 'access_token') return NOT_APPLICABLE;
      const { token } = credential;
      if (token.length > TOKEN_LENGTH_MAX) return rejected('too_large');
      const name = fingerprint(token);
      const known = remembered.get(name);
      if (known !== undefined) {
        if (!isExpired(known.expiresAt, clock() / 1000) && known.keySet.holds(known.key))
          return known.authentication;
        remembered.forget(name);
      }
      return judge(token, name, byIssuer, options, remembered);
    },
  };
}

/** Verifies a token that is not remembered. */
function judge(
  token: string,
  fingerprint: string,
  byIssuer: ReadonlyMap<string, JwtIssuer>,
  options: JwtAuthenticatorOptions,
  remembered: RecentMemory<RememberedToken>,
): Authentication | Promise<Authentication> {
  // Dots are counted before anything is cut up by them. @see CVE-2025-27144
  const jws = hasThreeParts(token) ? readCompactJws(token) : undefined;
  if (jws === undefined) return rejected('malformed');
  const header = readJwsHeader(jws.header);
  if (!header.ok) return rejected(header.reason);
  const issuer = typeof jws.payload.iss === 'string' ? byIssuer.get(jws.payload.iss) : undefined;
  if (issuer === undefined) return rejected('issuer_unknown');
  const { algorithm: named, type, keyId } = header.value;
  const algorithm = issuer.policy.algorithms.find((allowed) => allowed === named);
  if (algorithm === undefined) return rejected('algorithm_not_allowed');
  if (!issuer.policy.types.includes(type) || isOtherKindOfToken(type, jws.payload))
    return rejected('type_mismatch');

  const candidate: Candidate = { jws, issuer, fingerprint };
  const withKey = (finding: KeyFinding) => verifyWith(finding, candidate, options, remembered);
  const finding = issuer.keySet.find(keyId, algorithm);
  return finding instanceof Promise ? finding.then(withKey) : withKey(finding);
}

/** Checks the signature with the key that was found, if one was. */
function verifyWith(
  finding: KeyFinding,
  candidate: Candidate,
  options: JwtAuthenticatorOptions,
  remembered: RecentMemory<RememberedToken>,
): Authentication | Promise<Authentication> {
  if (finding.kind === 'unavailable') return KEYS_UNAVAILABLE;
  if (finding.kind === 'unknown') return rejected('key_unknown');
  if (finding.kind === 'ambiguous') return rejected('key_ambiguous');
  const { key } = finding;
  const withVerdict = (good: boolean) =>
    good ? accept(candidate, key, options, remembered) : rejected('signature_invalid');
  const verdict = options.verifySignature(key, candidate.jws.signingInput, candidate.jws.signature);
  return verdict instanceof Promise ? verdict.then(withVerdict) : withVerdict(verdict);
}

/** Checks the claims of a token whose signature is good, and remembers it. */
function accept(
  { jws: { payload }, issuer: { policy, keySet }, fingerprint }: Candidate,
  key: VerificationKey,
  { clock }: JwtAuthenticatorOptions,
  remembered: RecentMemory<RememberedToken>,
): Authentication {
  const own = policy.keys.kind === 'core';
  const now = clock() / 1000;
  const registered = checkRegisteredClaims(payload, {
    isAudience: (audience) => audience === policy.audience || policy.narrowAudiences.has(audience),
    now,
    issuedAtRequired: own,
  });
  if (!registered.ok) return rejected(registered.reason);
  const principal = own
    ? corePrincipal(payload, registered.value, policy)
    : foreignPrincipal(payload, registered.value, policy);
  if (!principal.ok) return rejected(principal.reason);
  const keyId = own ? key.keyId : undefined;
  const authentication: Authentication = {
    kind: 'authenticated',
    principal: keyId === undefined ? principal.value : { ...principal.value, keyId },
  };
  remembered.set(fingerprint, { authentication, expiresAt: principal.value.expiresAt, keySet, key });
  return authentication;
}

function rejected(because: RejectReason): Authentication {
  return { kind: 'rejected', because };
}
