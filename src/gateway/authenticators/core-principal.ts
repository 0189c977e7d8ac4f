import { subjectKindOf } from '../../identity/access-token-payload.ts';
import { isHeaderValue } from '../../identity/header-value.ts';
import type { Principal } from '../../identity/principal.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import type { JsonObject } from '../../oauth/json-object.ts';
import type { RejectReason } from '../decision.ts';
import type { IssuerPolicy } from '../policy/policy.ts';
import type { RegisteredClaims } from './registered-claims.ts';
import { readOwnRoles } from './role-claims.ts';
import { readScopes } from './scope-claims.ts';

/**
 * Makes the principal of an access token that our own core issued. Every claim of `AccessTokenClaims` must be there with its type: a token of ours
 * without one is no access token.
 */
export function corePrincipal(
  payload: JsonObject,
  registered: RegisteredClaims,
  issuer: Pick<IssuerPolicy, 'id' | 'audience'>,
): Result<Principal, RejectReason> {
  const { subject, sessionId, issuedAt, expiresAt } = registered;
  const kind = subjectKindOf(payload, issuer.audience);
  if (kind === undefined) return refused('claim_malformed');
  const roles = readOwnRoles(payload.roles);
  if (!roles.ok) return roles;
  const scopes = readScopes(payload);
  if (!scopes.ok) return scopes;
  const username = kind === 'user' ? (payload.username as string) : undefined;
  if (username !== undefined && !isHeaderValue(username)) return refused('claim_unwritable');
  return ok({
    kind,
    subject,
    username,
    sessionId,
    issuerId: issuer.id,
    authenticatedBy: 'access_token',
    audience: payload.aud === issuer.audience ? undefined : (payload.aud as string),
    roles: roles.value,
    scopes: scopes.value,
    claims: payload,
    issuedAt,
    tokenId: payload.jti as string,
    expiresAt,
  });
}
