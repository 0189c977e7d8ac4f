import { isHeaderValue } from '../../identity/header-value.ts';
import { CORE_ISSUER_ID, type Principal } from '../../identity/principal.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import { withoutAbsent } from '../../lib/without-absent.ts';
import type { RejectReason } from '../decision.ts';
import type { ActiveSession } from '../session-lookup.ts';
import { readOwnRoles } from './role-claims.ts';

/**
 * Makes the principal of an active session: what an access token of that session would say, with the same names of claims, so that rules
 * judge both alike. Refused where a value cannot be written in a header, or a role is no role name.
 */
export function sessionPrincipal(session: ActiveSession): Result<Principal, RejectReason> {
  const { userId, username, sessionId, scopes } = session;
  if (![userId, username, sessionId].every(isHeaderValue)) return refused('claim_unwritable');
  const roles = readOwnRoles(session.roles);
  if (!roles.ok) return roles;
  return ok({
    kind: 'user',
    subject: userId,
    username,
    sessionId,
    issuerId: CORE_ISSUER_ID,
    authenticatedBy: 'session',
    audience: undefined,
    roles: roles.value,
    scopes: new Set(scopes),
    claims: {
      sub: userId,
      sid: sessionId,
      username,
      roles: roles.value,
      scope: scopes.join(' '),
      ...withoutAbsent({
        auth_time: session.authTime,
        acr: session.acr,
        amr: session.amr,
        patient_id: session.patientId,
        doctor_id: session.doctorId,
      }),
    },
    issuedAt: undefined,
    tokenId: undefined,
    expiresAt: session.expiresAt,
  });
}
