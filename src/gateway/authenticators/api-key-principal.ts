import { isId } from '../../identity/ids.ts';
import { CORE_ISSUER_ID, type Principal } from '../../identity/principal.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import type { RejectReason } from '../decision.ts';
import type { ActiveApiKey } from '../machine-lookup.ts';
import { readOwnRoles } from './role-claims.ts';

/** Makes the principal of an API key: the key's id is the subject. It has no session, no username, and exactly the scopes that it was issued with. */
export function apiKeyPrincipal(key: ActiveApiKey): Result<Principal, RejectReason> {
  const { id, scopes } = key;
  if (!isId('api_key', id)) return refused('claim_malformed');
  const roles = readOwnRoles(key.roles);
  if (!roles.ok) return roles;
  return ok({
    kind: 'api_key',
    subject: id,
    username: undefined,
    sessionId: undefined,
    issuerId: CORE_ISSUER_ID,
    authenticatedBy: 'api_key',
    audience: undefined,
    roles: roles.value,
    scopes: new Set(scopes),
    claims: { sub: id, roles: roles.value, scope: scopes.join(' ') },
    issuedAt: undefined,
    tokenId: undefined,
    expiresAt: key.expiresAt ?? Number.POSITIVE_INFINITY,
  });
}
