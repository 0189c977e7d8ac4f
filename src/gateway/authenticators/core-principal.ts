import { isHeaderValue } from '../../identity/header-value.ts';
import { isId } from '../../identity/ids.ts';
import type { Principal } from '../../identity/principal.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import type { JsonObject } from '../../oauth/json-object.ts';
import type { RejectReason } from '../decision.ts';
import type { RegisteredClaims } from './registered-claims.ts';
import { readOwnRoles } from './role-claims.ts';
import { readScopes } from './scope-claims.ts';

const REQUIRED_TEXTS = ['client_id', 'jti', 'sid', 'scope', 'username', 'acr'];
const OPTIONAL_TEXTS = ['patient_id', 'doctor_id'];

/**
 * Makes the principal of an access token that our own core issued. Every claim of `AccessTokenClaims` must be there with its type: what our
 * core signs has them all, and a token of ours without one is no access token. The subject's prefix says whether a user or a client acts.
 */
export function corePrincipal(
  payload: JsonObject,
  registered: RegisteredClaims,
  issuerId: string,
): Result<Principal, RejectReason> {
  if (!hasOwnClaims(payload)) return refused('claim_malformed');
  const { subject, sessionId, expiresAt } = registered;
  const kind = isId('user', subject) ? 'user' : isId('client', subject) ? 'client' : undefined;
  if (kind === undefined) return refused('claim_malformed');
  const roles = readOwnRoles(payload.roles);
  if (!roles.ok) return roles;
  const scopes = readScopes(payload);
  if (!scopes.ok) return scopes;
  const username = payload.username as string;
  if (!isHeaderValue(username)) return refused('claim_unwritable');
  return ok({
    kind,
    subject,
    username,
    sessionId,
    issuerId,
    authenticatedBy: 'access_token',
    roles: roles.value,
    scopes: scopes.value,
    claims: payload,
    expiresAt,
  });
}

function hasOwnClaims(payload: JsonObject): boolean {
  const { amr, aud } = payload;
  return (
    typeof aud === 'string' &&
    Number.isInteger(payload.auth_time) &&
    Array.isArray(amr) &&
    amr.every((method) => typeof method === 'string') &&
    REQUIRED_TEXTS.every((name) => typeof payload[name] === 'string') &&
    OPTIONAL_TEXTS.every((name) => payload[name] === undefined || typeof payload[name] === 'string')
  );
}
