import { createLocalJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import {
  ACCESS_TOKEN_TYPE,
  type ClientAccessTokenClaims,
  type UserAccessTokenClaims,
} from '../../identity/access-token-claims.ts';
import { subjectKindOf } from '../../identity/access-token-payload.ts';
import { isId } from '../../identity/ids.ts';
import { isRoleName } from '../../identity/role-name.ts';
import type { Clock } from '../../lib/durations.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import { hasThreeParts } from '../../oauth/compact-jws.ts';
import type { SigningAlgorithm } from '../keys/generate-signing-key.ts';
import type { PublicKeySet } from '../keys/public-key-set.ts';

/** An access token that our own core signed, and that is not over. */
export type OwnAccessToken =
  | { readonly kind: 'user'; readonly claims: UserAccessTokenClaims }
  | { readonly kind: 'client'; readonly claims: ClientAccessTokenClaims };

/** Why a text is no access token of ours that is good by itself. `malformed`: no token, of another kind, signed by somebody else, or with other claims. */
export type OwnAccessTokenFault = 'malformed' | 'expired';

/**
 * Verifies an access token of our own: signed by a key that is published now, of the type of access tokens, by our issuer, not over, with every claim that we
 * write. Throws UnavailableError ('database') while no key could be read. Does NOT know whether its session, user or client still stand, whether it was revoked, and
 * whom it is meant for.
 */
export type VerifyOwnAccessToken = (token: string) => Promise<Result<OwnAccessToken, OwnAccessTokenFault>>;

const ALGORITHMS: readonly SigningAlgorithm[] = ['RS256', 'ES256', 'EdDSA'];
/** As at the edge: above every token that we sign. */
const TOKEN_LENGTH_MAX = 8192;
// Another core may have signed it, by a clock that is ahead.
const CLOCK_TOLERANCE_SECONDS = 10;

/** Creates the verification of our own access tokens. `audience` is what the services are called together. @see RFC 9068, section 4; RFC 8725, section 3.11 */
export function createVerifyOwnAccessToken(options: {
  readonly keySet: () => Promise<PublicKeySet>;
  readonly issuer: string;
  readonly audience: string;
  readonly clock: Clock;
}): VerifyOwnAccessToken {
  const { issuer, audience, clock } = options;
  const currentKeys = createCurrentKeys(options.keySet);
  return async (token) => {
    if (token.length > TOKEN_LENGTH_MAX || !hasThreeParts(token)) return refused('malformed');
    const keys = await currentKeys();
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: [...ALGORITHMS],
        typ: ACCESS_TOKEN_TYPE,
        issuer,
        requiredClaims: ['exp', 'iat'],
        currentDate: new Date(clock()),
      });
      return accept(payload, audience, clock() / 1000);
    } catch (error) {
      if (error instanceof errors.JWTExpired) return refused('expired');
      if (error instanceof errors.JOSEError) return refused('malformed');
      throw error;
    }
  };
}

function accept(
  payload: JWTPayload,
  audience: string,
  now: number,
): Result<OwnAccessToken, OwnAccessTokenFault> {
  const { iat, exp, jti = '', sid, roles } = payload;
  const isDated =
    Number.isInteger(exp) && Number.isInteger(iat) && Number(iat) <= now + CLOCK_TOLERANCE_SECONDS;
  const hasRoles =
    Array.isArray(roles) && roles.every((role) => typeof role === 'string' && isRoleName(role));
  const kind = subjectKindOf(payload, audience);
  if (!isDated || !hasRoles || !isId('token', jti) || kind === undefined) return refused('malformed');
  if (kind === 'client') return ok({ kind, claims: payload as unknown as ClientAccessTokenClaims });
  if (!isId('session', String(sid))) return refused('malformed');
  return ok({ kind, claims: payload as unknown as UserAccessTokenClaims });
}

/** Gives the keys that are published now, imported once for as long as they stay the same. */
function createCurrentKeys(keySet: () => Promise<PublicKeySet>) {
  let known: { readonly ids: string; readonly keys: ReturnType<typeof createLocalJWKSet> } | undefined;
  return async () => {
    const { keys } = await keySet();
    // The id of a key of ours is of that key alone, for ever.
    const ids = keys.map(({ kid }) => kid).join();
    if (known?.ids !== ids) known = { ids, keys: createLocalJWKSet({ keys: [...keys] }) };
    return known.keys;
  };
}
