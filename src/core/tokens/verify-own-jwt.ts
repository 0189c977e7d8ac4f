import { createLocalJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import type { Clock } from '../../lib/durations.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import { hasThreeParts } from '../../oauth/compact-jws.ts';
import { CLOCK_TOLERANCE_SECONDS, TOKEN_LENGTH_MAX } from '../../oauth/token-limits.ts';
import { SIGNING_ALGORITHMS } from '../keys/generate-signing-key.ts';
import type { PublicKeySet } from '../keys/public-key-set.ts';

/** A JWT that our own core signed, and that is not over. */
export interface OwnJwt {
  /** What its header says that it is. */
  readonly type: string | undefined;
  readonly payload: JWTPayload & { readonly iat: number; readonly exp: number };
}

/** Why a text is no JWT of ours that is good by itself. `malformed`: no JWT, or signed by somebody else. */
export type OwnJwtFault = 'malformed' | 'expired';

/**
 * Verifies a JWT of our own: signed by a key that is published now, by our issuer, issued and not over. Throws UnavailableError ('database') while no key could be read. Does
 * NOT look at what it is: whoever asks holds `type` against what he expects, before anything else. @see RFC 8725, section 3.11
 */
export type VerifyOwnJwt = (token: string) => Promise<Result<OwnJwt, OwnJwtFault>>;

/** What it takes to verify what we signed. */
export interface OwnJwtOptions {
  readonly keySet: () => Promise<PublicKeySet>;
  readonly issuer: string;
  readonly clock: Clock;
}

/** Creates the verification of what our own core signed. */
export function createVerifyOwnJwt({ keySet, issuer, clock }: OwnJwtOptions): VerifyOwnJwt {
  const currentKeys = createCurrentKeys(keySet);
  return async (token) => {
    // Dots are counted before anything is cut up by them. @see CVE-2025-27144
    if (token.length > TOKEN_LENGTH_MAX || !hasThreeParts(token)) return refused('malformed');
    const keys = await currentKeys();
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keys, {
        algorithms: [...SIGNING_ALGORITHMS],
        issuer,
        requiredClaims: ['exp', 'iat'],
        currentDate: new Date(clock()),
      });
      const { iat = 0.5, exp = 0.5 } = payload;
      const isDated = Number.isInteger(exp) && Number.isInteger(iat);
      // Another core may have signed it, by a clock that is ahead.
      if (!isDated || iat > clock() / 1000 + CLOCK_TOLERANCE_SECONDS) return refused('malformed');
      return ok({ type: protectedHeader.typ, payload: { ...payload, iat, exp } });
    } catch (error) {
      if (error instanceof errors.JWTExpired) return refused('expired');
      if (error instanceof errors.JOSEError) return refused('malformed');
      throw error;
    }
  };
}

/** Gives the keys that are published now, imported once for as long as they stay the same. */
function createCurrentKeys(keySet: OwnJwtOptions['keySet']) {
  let known: { readonly ids: string; readonly keys: ReturnType<typeof createLocalJWKSet> } | undefined;
  return async () => {
    const { keys } = await keySet();
    // The id of a key of ours is of that key alone, for ever.
    const ids = keys.map(({ kid }) => kid).join();
    if (known?.ids !== ids) known = { ids, keys: createLocalJWKSet({ keys: [...keys] }) };
    return known.keys;
  };
}
