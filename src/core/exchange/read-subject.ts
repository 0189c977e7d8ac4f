import type { UserAccessTokenClaims } from '../../identity/access-token-claims.ts';
import { isActor } from '../../identity/actor.ts';
import { IDENTITY_ASSERTION_TYPE } from '../../identity/identity-assertion.ts';
import { isId } from '../../identity/ids.ts';
import { areRoles } from '../../identity/role-name.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import { withoutAbsent } from '../../lib/without-absent.ts';
import { readOwnAccessToken } from '../tokens/verify-own-access-token.ts';
import type { OwnJwt } from '../tokens/verify-own-jwt.ts';

/** What is known of a user by a token that is to be exchanged. An assertion does not tell how the user logged in; the session does. */
export type Subject = Omit<UserAccessTokenClaims, 'auth_time' | 'acr' | 'amr'> &
  Partial<Pick<UserAccessTokenClaims, 'auth_time' | 'acr' | 'amr'>>;

/** Why a verified JWT is nobody's for whom a client could act. */
export type SubjectFault = 'subject_malformed' | 'subject_not_a_user';

/**
 * Reads the user of a verified JWT of ours: an access token, or the identity assertion that came to the service with a request. `audience` is what all services are
 * called together. Does NOT verify.
 */
export function readSubject(jwt: OwnJwt, audience: string): Result<Subject, SubjectFault> {
  if (jwt.type === IDENTITY_ASSERTION_TYPE) return readAssertion(jwt.payload, audience);
  const token = readOwnAccessToken(jwt, audience);
  if (!token.ok) return refused('subject_malformed');
  return token.value.kind === 'user' ? ok(token.value.claims) : refused('subject_not_a_user');
}

function readAssertion(payload: OwnJwt['payload'], audience: string): Result<Subject, SubjectFault> {
  const { iss, aud, sub = '', jti = '', sid, client_id, act, roles, scope, username } = payload;
  // A user of another issuer has no session of ours with which the new token could end.
  if (payload.sub_iss !== iss || !isId('user', sub)) return refused('subject_not_a_user');
  const { patient_id, doctor_id } = payload;
  const areTexts = [scope, username, aud].every((text) => typeof text === 'string');
  const mayBeTexts = [patient_id, doctor_id, client_id].every((text) => isTextOrAbsent(text));
  const isWellFormed = areTexts && mayBeTexts && isId('token', jti) && isId('session', String(sid));
  // One for all services would be taken from anybody.
  if (!isWellFormed || aud === audience || !areRoles(roles)) return refused('subject_malformed');
  if (act !== undefined && !isActor(act)) return refused('subject_malformed');
  const { iat, exp } = payload;
  const texts = {
    iss,
    aud,
    sub,
    jti,
    sid,
    client_id: client_id ?? '',
    scope,
    username,
    patient_id,
    doctor_id,
  };
  return ok(withoutAbsent<Subject>({ ...texts, iat, exp, roles, act } as Subject));
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}
