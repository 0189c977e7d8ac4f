import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { IDENTITY_ASSERTION_SECONDS, IDENTITY_ASSERTION_TYPE } from '../identity/identity-assertion.ts';
import { MINUTE_SECONDS } from '../lib/durations.ts';
import { isLoopbackHost } from '../lib/loopback-host.ts';
import { assertedIdentity } from './asserted-identity.ts';
import type { HeadersLike } from './header-value-of.ts';
import type { AssertionReading, AssertionRefusal } from './identity.ts';
import { type ReadingOptions, readPresent } from './read-identity.ts';

/** What assertions are verified against. */
export interface AssertionVerifierOptions {
  /** Wardgate's public URL (`WARDGATE_PUBLIC_URL`), exactly. */
  readonly issuer: string;
  /** What the assertion must be for: the upstream's name in the policy file. */
  readonly audience: string;
  /** Where the key set is. Default: `/.well-known/jwks.json` below the issuer. https, or http on loopback. */
  readonly jwksUri?: string;
  /** Also takes a `jwksUri` of plain http: whoever can answer in its place can then sign as Wardgate. */
  readonly allowPlainHttp?: boolean;
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch;
  /** Milliseconds since the Unix epoch. Default: `Date.now`. */
  readonly clock?: () => number;
}

/** Verifies identity assertions. */
export interface AssertionVerifier {
  /** Verifies an assertion. Does NOT throw: what could not be told is `unavailable`. */
  verify(assertion: string): Promise<AssertionReading>;
  /** Reads `X-Identity-Assertion` and verifies it; empty is `anonymous`. Does NOT look at the other identity headers. */
  read(headers: HeadersLike, options?: ReadingOptions): Promise<AssertionReading>;
}

/** What Wardgate can sign with; never a symmetric algorithm and never `none`. @see RFC 8725, section 3.1 */
const ALGORITHMS = ['RS256', 'ES256', 'EdDSA'];
/** How far the clocks of two machines may be apart. */
const CLOCK_TOLERANCE_SECONDS = 5;
/** As Wardgate's answer says; a new key is published longer than this before it signs. */
const KEY_SET_MAX_AGE_MS = 5 * MINUTE_SECONDS * 1000;
/** How long unknown keys bring no further fetch, whoever sends them. */
const COOL_DOWN_MS = 10_000;
const FETCH_TIMEOUT_MS = 5000;
const ASSERTION_LENGTH_MAX = 8192;

/**
 * Creates a verifier of `X-Identity-Assertion`: signature by a key of Wardgate's key set, type, issuer, audience, age. One that could not be
 * verified because the key set is out of reach is `unavailable`, to be answered 503. Keys are kept for five minutes. Make one when the
 * service starts, not one a request. Does NOT know of revocations: an assertion is good for its minute. Throws TypeError for options that could
 * never work. @see RFC 8725 (JSON Web Token Best Current Practices)
 */
export function createAssertionVerifier(options: AssertionVerifierOptions): AssertionVerifier {
  const keys = createKeys(options);
  const { issuer, audience, clock = Date.now } = options;
  if (issuer === '' || audience === '') throw new TypeError('an issuer and an audience are needed');

  async function verify(assertion: string): Promise<AssertionReading> {
    if (assertion.length > ASSERTION_LENGTH_MAX) return refusal('assertion_malformed');
    try {
      const { payload } = await jwtVerify(assertion, keys, {
        issuer,
        audience,
        typ: IDENTITY_ASSERTION_TYPE,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        maxTokenAge: IDENTITY_ASSERTION_SECONDS,
        requiredClaims: ['exp', 'iat', 'jti', 'sub'],
        currentDate: new Date(clock()),
      });
      // A list of audiences is nothing that Wardgate signs (RFC 8725, section 3.9).
      if (payload.aud !== audience) return refusal('audience_mismatch');
      const identity = assertedIdentity(payload);
      return identity === undefined ? refusal('claim_malformed') : { kind: 'identified', identity };
    } catch (error) {
      return error instanceof KeySetUnavailableError ? { kind: 'unavailable' } : refusal(refusalOf(error));
    }
  }

  return {
    verify,
    async read(headers, reading = {}) {
      const found = readPresent(headers, 'x-identity-assertion', reading);
      if (!found.ok) return refusal(found.reason);
      if (found.value.includes(',')) return refusal('header_repeated');
      return found.value === '' ? { kind: 'anonymous' } : verify(found.value);
    },
  };
}

/** The key set could not be fetched or read: nothing is said about the assertion. */
class KeySetUnavailableError extends Error {
  constructor(cause: unknown) {
    super('the key set is not available', { cause });
    this.name = 'KeySetUnavailableError';
  }
}

function createKeys(options: AssertionVerifierOptions): JWTVerifyGetKey {
  const { issuer, jwksUri, allowPlainHttp = false, fetch: send } = options;
  const address = jwksUri ?? `${issuer.replace(/\/$/, '')}/.well-known/jwks.json`;
  // `URL.parse` would be shorter; Node 20 has none.
  const url = URL.canParse(address) ? new URL(address) : null;
  const plain = url?.protocol === 'http:' && (allowPlainHttp || isLoopbackHost(url.hostname));
  if (url === null || (url.protocol !== 'https:' && !plain))
    throw new TypeError('the key set must be at an https address, or at http on loopback');
  const keySet = createRemoteJWKSet(url, {
    timeoutDuration: FETCH_TIMEOUT_MS,
    cooldownDuration: COOL_DOWN_MS,
    cacheMaxAge: KEY_SET_MAX_AGE_MS,
    ...(send !== undefined && { [customFetch]: send }),
  });
  return async (header, token) => {
    try {
      return await keySet(header, token);
    } catch (error) {
      if (KEY_FINDINGS.some((finding) => error instanceof finding)) throw error;
      throw new KeySetUnavailableError(error);
    }
  };
}

const KEY_FINDINGS = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys];

function refusalOf(error: unknown): AssertionRefusal {
  if (KEY_FINDINGS.some((finding) => error instanceof finding)) return 'key_unknown';
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'algorithm_not_allowed';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature_invalid';
  if (!(error instanceof errors.JWTClaimValidationFailed)) return 'assertion_malformed';
  if (error.claim === 'typ') return 'type_mismatch';
  if (error.claim === 'iss') return 'issuer_mismatch';
  return error.claim === 'aud' ? 'audience_mismatch' : 'claim_malformed';
}

function refusal(because: AssertionRefusal): AssertionReading {
  return { kind: 'refused', because };
}
