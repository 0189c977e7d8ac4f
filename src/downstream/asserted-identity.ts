import type { JWTPayload } from 'jose';
import { isActor } from '../identity/actor.ts';
import { areRoles } from '../identity/role-name.ts';
import type { AssertedIdentity } from './identity.ts';

/** Makes the identity of the claims of an assertion whose signature is good; `undefined` where a claim has not its type. Does NOT look at the registered claims but `sub`. */
export function assertedIdentity(claims: JWTPayload): AssertedIdentity | undefined {
  const { sub, sub_iss: issuer, roles, scope, act } = claims;
  const optional = ['username', 'sid', 'patient_id', 'doctor_id', 'client_id'].map((name) => claims[name]);
  if (!isText(sub) || !isText(issuer) || typeof scope !== 'string' || !areRoles(roles)) return undefined;
  if (!optional.every((value) => value === undefined || isText(value))) return undefined;
  if (act !== undefined && !isActor(act)) return undefined;
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
    actor: act,
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
