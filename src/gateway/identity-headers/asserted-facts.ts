import { isActor } from '../../identity/actor.ts';
import type { AssertedFacts } from '../../identity/identity-assertion.ts';
import { CORE_ISSUER_ID, type Principal } from '../../identity/principal.ts';
import { withoutAbsent } from '../../lib/without-absent.ts';
import { claimText } from '../policy/condition.ts';

/**
 * Collects what an assertion says of a principal, the same text for the same facts. Claims of the token count as they do in the conditions of routes: a
 * number is its digits. `issuers` holds the issuers' addresses by their ids. Does NOT look at when the credential ends.
 */
export function assertedFacts(
  principal: Principal,
  audience: string,
  issuers: ReadonlyMap<string, string>,
): AssertedFacts {
  const { subject, issuerId, roles, scopes, username, sessionId, claims } = principal;
  const own = issuerId === CORE_ISSUER_ID;
  return withoutAbsent<AssertedFacts>({
    audience,
    subject,
    issuer: own ? undefined : issuers.get(issuerId),
    roles,
    scopes: [...scopes].sort(),
    username: username || undefined,
    sessionId: sessionId || undefined,
    patientId: claimText(['patient_id'], claims),
    doctorId: claimText(['doctor_id'], claims),
    clientId: claimText(['client_id'], claims),
    // Whom a foreign issuer calls an actor is no client of ours.
    actor: own && isActor(claims.act) ? claims.act : undefined,
  });
}
