import {
  ACCESS_TOKEN_TYPE,
  type ClientAccessTokenClaims,
  type UserAccessTokenClaims,
} from '../../identity/access-token-claims.ts';
import { subjectKindOf } from '../../identity/access-token-payload.ts';
import { isId } from '../../identity/ids.ts';
import { areRoles } from '../../identity/role-name.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import { createVerifyOwnJwt, type OwnJwt, type OwnJwtFault, type OwnJwtOptions } from './verify-own-jwt.ts';

/** An access token that our own core signed, and that is not over. */
export type OwnAccessToken =
  | { readonly kind: 'user'; readonly claims: UserAccessTokenClaims }
  | { readonly kind: 'client'; readonly claims: ClientAccessTokenClaims };

/**
 * Verifies an access token of our own: signed by a key that is published now, of the type of access tokens, by our issuer, not over, with every claim that we
 * write. Throws UnavailableError ('database') while no key could be read. Does NOT know whether its session, user or client still stand, whether it was revoked, and
 * whom it is meant for.
 */
export type VerifyOwnAccessToken = (token: string) => Promise<Result<OwnAccessToken, OwnJwtFault>>;

/** Creates the verification of our own access tokens. `audience` is what the services are called together. @see RFC 9068, section 4 */
export function createVerifyOwnAccessToken(
  options: OwnJwtOptions & { readonly audience: string },
): VerifyOwnAccessToken {
  const verify = createVerifyOwnJwt(options);
  return async (token) => {
    const verified = await verify(token);
    return verified.ok ? readOwnAccessToken(verified.value, options.audience) : verified;
  };
}

/** Reads the access token that a verified JWT is. Does NOT verify. */
export function readOwnAccessToken(
  { type, payload }: OwnJwt,
  audience: string,
): Result<OwnAccessToken, 'malformed'> {
  if (type !== ACCESS_TOKEN_TYPE) return refused('malformed');
  const { jti = '', sid } = payload;
  const kind = subjectKindOf(payload, audience);
  if (!areRoles(payload.roles) || !isId('token', jti) || kind === undefined) return refused('malformed');
  if (kind === 'client') return ok({ kind, claims: payload as unknown as ClientAccessTokenClaims });
  if (!isId('session', String(sid))) return refused('malformed');
  return ok({ kind, claims: payload as unknown as UserAccessTokenClaims });
}
