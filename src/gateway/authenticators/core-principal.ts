import { USER_CLAIMS } from '../../identity/access-token-claims.ts';
import { isActor } from '../../identity/actor.ts';
import { isHeaderValue } from '../../identity/header-value.ts';
import { isId } from '../../identity/ids.ts';
import type { Principal } from '../../identity/principal.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import type { JsonObject } from '../../oauth/json-object.ts';
import type { RejectReason } from '../decision.ts';
import type { IssuerPolicy } from '../policy/policy.ts';
import type { RegisteredClaims } from './registered-claims.ts';
import { readOwnRoles } from './role-claims.ts';
import { readScopes } from './scope-claims.ts';

const COMMON_TEXTS = ['aud', 'client_id', 'jti', 'scope'];
const USER_TEXTS = [...COMMON_TEXTS, 'sid', 'username', 'acr'];
const OPTIONAL_USER_TEXTS = ['patient_id', 'doctor_id'];

/**
 * Makes the principal of an access token that our own core issued. Every claim of `AccessTokenClaims` must be there with its type: what our
 * core signs has them all, and a token of ours without one is no access token. The subject's prefix says whether a user or a client acts, and a
 * client's token with a claim of users is refused: no core of ours signs such a thing. A token for one upstream alone says which client acts for its user,
 * and no other token does. @see RFC 8693, section 4.1
 */
export function corePrincipal(
  payload: JsonObject,
  registered: RegisteredClaims,
  issuer: Pick<IssuerPolicy, 'id' | 'audience'>,
): Result<Principal, RejectReason> {
  const { subject, sessionId, expiresAt } = registered;
  const kind = isId('user', subject) ? 'user' : isId('client', subject) ? 'client' : undefined;
  const audience = payload.aud === issuer.audience ? undefined : String(payload.aud);
  const hasItsClaims =
    kind === 'user'
      ? hasUserClaims(payload) && (audience === undefined ? payload.act === undefined : isExchanged(payload))
      : hasClientClaims(payload) && audience === undefined;
  if (kind === undefined || !hasItsClaims) return refused('claim_malformed');
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
    audience,
    roles: roles.value,
    scopes: scopes.value,
    claims: payload,
    expiresAt,
  });
}

function hasUserClaims(payload: JsonObject): boolean {
  const { amr } = payload;
  return (
    areTexts(payload, USER_TEXTS) &&
    Number.isInteger(payload.auth_time) &&
    Array.isArray(amr) &&
    amr.every((method) => typeof method === 'string') &&
    OPTIONAL_USER_TEXTS.every((name) => payload[name] === undefined || typeof payload[name] === 'string')
  );
}

/** Tells whether a client says that it acts for the user. */
function isExchanged({ act, client_id: clientId }: JsonObject): boolean {
  return isActor(act) && act.sub === clientId;
}

function hasClientClaims(payload: JsonObject): boolean {
  return (
    areTexts(payload, COMMON_TEXTS) &&
    payload.client_id === payload.sub &&
    USER_CLAIMS.every((name) => payload[name] === undefined)
  );
}

function areTexts(payload: JsonObject, names: readonly string[]): boolean {
  return names.every((name) => typeof payload[name] === 'string');
}
