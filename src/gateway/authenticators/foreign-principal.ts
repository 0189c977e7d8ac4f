import { isHeaderValue } from '../../identity/header-value.ts';
import { hasSubjectShape } from '../../identity/ids.ts';
import type { Principal } from '../../identity/principal.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import type { JsonObject } from '../../oauth/json-object.ts';
import type { RejectReason } from '../decision.ts';
import type { IssuerPolicy } from '../policy/policy.ts';
import type { RegisteredClaims } from './registered-claims.ts';
import { readForeignRoles } from './role-claims.ts';
import { readScopes } from './scope-claims.ts';

// In any case, as with subjects.
const OWN_SESSION = /^ses_/i;

/**
 * Makes the principal of a foreign issuer's access token. A subject or session that begins like an id of ours refuses the token, so that
 * no other issuer speaks for our users, clients or API keys. Roles follow the issuer's mapping; the username is `preferred_username`.
 * A client is who acts on its own: `sub` equals `client_id` (RFC 9068, section 2.2).
 */
export function foreignPrincipal(
  payload: JsonObject,
  registered: RegisteredClaims,
  policy: IssuerPolicy,
): Result<Principal, RejectReason> {
  const { subject, sessionId, issuedAt, expiresAt } = registered;
  if (hasSubjectShape(subject) || (sessionId !== undefined && OWN_SESSION.test(sessionId)))
    return refused('claim_malformed');
  const username = payload.preferred_username;
  if (username !== undefined && typeof username !== 'string') return refused('claim_malformed');
  if (username !== undefined && !isHeaderValue(username)) return refused('claim_unwritable');
  const roles = readForeignRoles(payload, policy.roles);
  if (!roles.ok) return roles;
  const scopes = readScopes(payload);
  if (!scopes.ok) return scopes;
  return ok({
    kind: payload.client_id === subject ? 'client' : 'user',
    subject,
    username,
    sessionId,
    issuerId: policy.id,
    authenticatedBy: 'access_token',
    audience: undefined,
    roles: roles.value,
    scopes: scopes.value,
    claims: payload,
    issuedAt,
    tokenId: undefined,
    expiresAt,
  });
}
