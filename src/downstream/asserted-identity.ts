import type { JWTPayload } from 'jose';
import type { ActorClaim } from '../identity/identity-assertion-claims.ts';
import { isRoleName } from '../identity/role-name.ts';
import type { AssertedIdentity } from './identity.ts';

// As deep as a chain of services is long; no assertion fits a header with many more.
const ACTORS_MAX = 8;

/** Makes the identity of the claims of an assertion whose signature is good; `undefined` where a claim has not its type. Does NOT look at the registered claims but `sub`. */
export function assertedIdentity(claims: JWTPayload): AssertedIdentity | undefined {
  const { sub, sub_iss: issuer, roles, scope } = claims;
  const optional = ['username', 'sid', 'patient_id', 'doctor_id', 'client_id'].map((name) => claims[name]);
  const actor = readActor(claims.act, ACTORS_MAX);
  if (!isText(sub) || !isText(issuer) || typeof scope !== 'string' || !areRoles(roles)) return undefined;
  if (!optional.every((value) => value === undefined || isText(value)) || actor === 'malformed')
    return undefined;
  const [username, sessionId, patientId, doctorId, clientId] = optional as (string | undefined)[];
  const scopes = scope === '' ? [] : scope.split(' ');
  return {
    userId: sub,
    issuer,
    roles,
    scopes,
    username,
    sessionId,
    patientId,
    doctorId,
    clientId,
    actor,
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function areRoles(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((role) => typeof role === 'string' && isRoleName(role));
}

function readActor(claim: unknown, deepest: number): ActorClaim | undefined | 'malformed' {
  if (claim === undefined) return undefined;
  if (typeof claim !== 'object' || claim === null || deepest === 0) return 'malformed';
  const { sub, act } = claim as { readonly sub?: unknown; readonly act?: unknown };
  const next = readActor(act, deepest - 1);
  if (!isText(sub) || next === 'malformed') return 'malformed';
  return next === undefined ? { sub } : { sub, act: next };
}
