import {
  createLocalJWKSet,
  errors,
  importJWK,
  type JWK,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import { type Clock, MINUTE_SECONDS } from '../../lib/durations.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import { CLOCK_TOLERANCE_SECONDS } from '../../oauth/token-limits.ts';
import { toJwk } from './client-keys.ts';
import { CLIENT_KEY_ALGORITHMS, type ClientKey } from './client-store.ts';

/** Why an assertion proves nothing. */
export type AssertionFault =
  | 'assertion_type_mismatch'
  | 'assertion_algorithm_not_allowed'
  | 'assertion_signature_invalid'
  | 'assertion_claims_invalid'
  | 'assertion_expired'
  | 'assertion_lifetime_too_long';

/** An assertion that holds; whether it was used before is not known yet. */
export interface HoldingAssertion {
  readonly jti: string;
  /** From then on it is refused for its age. */
  readonly refusedFrom: Date;
}

/**
 * Verifies an assertion against the keys of the client that it names. `keys` is `undefined` for whoever has none, or does not exist: then the same
 * work is done with a key that is nobody's, and the answer is no. Does NOT use it up.
 */
export type VerifyClientAssertion = (
  assertion: string,
  clientId: string,
  keys: readonly ClientKey[] | undefined,
) => Promise<Result<HoldingAssertion, AssertionFault>>;

/** An assertion is made for one request. */
const LIFETIME_SECONDS_MAX = 5 * MINUTE_SECONDS;
const JTI_LENGTH_MAX = 256;
// A JWT that the client signs for another purpose names that purpose here. @see RFC 8725, section 3.11
const TYPES: readonly unknown[] = [undefined, 'JWT', 'client-authentication+jwt'];

const NOBODYS_RSA_KEY: JWK = {
  kty: 'RSA',
  n: 'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ',
  e: 'AQAB',
};
// The public keys of examples, each good for a look at one signature: RFC 7515, appendices A.2 and A.3; RFC 8037, appendix A.2.
const NOBODYS_KEYS: ReadonlyMap<string | undefined, JWK> = new Map([
  ['RS256', NOBODYS_RSA_KEY],
  ['PS256', NOBODYS_RSA_KEY],
  [
    'ES256',
    {
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    },
  ],
  ['EdDSA', { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }],
]);

/**
 * Creates the verification of client assertions: signed with a key of the client's by an algorithm of the list, `iss` and `sub` the client, `aud` ours and
 * nobody else's, with a `jti`, and at most five minutes from its end. @see RFC 7523, section 3
 */
export function createVerifyClientAssertion(options: {
  /** What names us: the issuer, and the address of the token endpoint. */
  readonly audiences: readonly string[];
  readonly clock: Clock;
}): VerifyClientAssertion {
  const { audiences, clock } = options;
  return async (assertion, clientId, keys) => {
    const { key, wasFound } = createKeyChoice(keys ?? []);
    const nowSeconds = clock() / 1000;
    try {
      const { payload, protectedHeader } = await jwtVerify(assertion, key, {
        algorithms: [...CLIENT_KEY_ALGORITHMS],
        issuer: clientId,
        subject: clientId,
        audience: [...audiences],
        requiredClaims: ['exp', 'jti'],
        currentDate: new Date(clock()),
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
      });
      if (!wasFound()) return refused('assertion_signature_invalid');
      if (!TYPES.includes(protectedHeader.typ)) return refused('assertion_type_mismatch');
      return judgeClaims(payload, audiences, nowSeconds);
    } catch (error) {
      return refused(faultOf(error));
    }
  };
}

/** Chooses the client's key for a header, or nobody's, and tells afterwards whether it was the client's. */
function createKeyChoice(keys: readonly ClientKey[]): { key: JWTVerifyGetKey; wasFound(): boolean } {
  const own = createLocalJWKSet({ keys: keys.map(toJwk) });
  let found = false;
  return {
    wasFound: () => found,
    async key(header, token) {
      try {
        const key = await own(header, token);
        found = true;
        return key;
      } catch (error) {
        const nobodys = NOBODYS_KEYS.get(header.alg);
        if (!(error instanceof errors.JOSEError) || nobodys === undefined) throw error;
        // Imported anew each time, as the keys of clients are: what is kept ready would answer sooner.
        return importJWK(nobodys, header.alg);
      }
    },
  };
}

function judgeClaims(
  { aud, exp = 0, iat = 0, jti }: JWTPayload,
  audiences: readonly string[],
  nowSeconds: number,
): Result<HoldingAssertion, AssertionFault> {
  // An assertion that is good at another server too could be replayed here by that server.
  const isOursAlone = [aud].flat().every((one) => one !== undefined && audiences.includes(one));
  const isNamed = typeof jti === 'string' && jti !== '' && jti.length <= JTI_LENGTH_MAX;
  if (!isOursAlone || !isNamed || iat > nowSeconds + CLOCK_TOLERANCE_SECONDS)
    return refused('assertion_claims_invalid');
  if (exp > nowSeconds + LIFETIME_SECONDS_MAX + CLOCK_TOLERANCE_SECONDS)
    return refused('assertion_lifetime_too_long');
  return ok({ jti, refusedFrom: new Date((exp + CLOCK_TOLERANCE_SECONDS) * 1000) });
}

function faultOf(error: unknown): AssertionFault {
  if (error instanceof errors.JWTExpired) return 'assertion_expired';
  if (error instanceof errors.JWTClaimValidationFailed) return 'assertion_claims_invalid';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'assertion_algorithm_not_allowed';
  if (error instanceof errors.JOSEError) return 'assertion_signature_invalid';
  throw error;
}
