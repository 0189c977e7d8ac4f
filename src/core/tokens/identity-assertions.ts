import {
  type AssertedFacts,
  IDENTITY_ASSERTION_SECONDS,
  IDENTITY_ASSERTION_TYPE,
  type IdentityAssertionClaims,
  type SignedAssertion,
} from '../../identity/identity-assertion.ts';
import { createId, hasSubjectShape, isId } from '../../identity/ids.ts';
import type { Clock } from '../../lib/durations.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import { UnavailableError } from '../../lib/unavailable-error.ts';
import { withoutAbsent } from '../../lib/without-absent.ts';
import { SigningKeyError, type SigningKeys } from '../keys/signing-keys.ts';

/** Signs identity assertions. */
export interface IdentityAssertions {
  /**
   * Signs what a gateway says of a caller, for one upstream and one minute. Refuses a subject that its issuer cannot have: one with the shape of our ids of
   * another issuer, and any other of our own. Throws UnavailableError where no key can sign. Does NOT look whether the caller exists.
   */
  sign(facts: AssertedFacts): Promise<Result<SignedAssertion, 'subject_of_another_issuer'>>;
}

/** Creates the signing of identity assertions. `issuer` is the public URL. */
export function createIdentityAssertions(options: {
  readonly keys: Pick<SigningKeys, 'sign'>;
  readonly issuer: string;
  readonly clock: Clock;
}): IdentityAssertions {
  const { keys, issuer, clock } = options;
  return {
    async sign(facts) {
      if (!isSubjectOf(facts, issuer)) return refused('subject_of_another_issuer');
      const issuedAt = Math.floor(clock() / 1000);
      const claims = claimsOf(facts, issuer, issuedAt);
      try {
        const token = await keys.sign({ ...claims }, IDENTITY_ASSERTION_TYPE);
        return ok({ token, expiresAt: claims.exp });
      } catch (error) {
        if (!(error instanceof SigningKeyError)) throw error;
        throw new UnavailableError('core', 'no key can sign assertions', { cause: error });
      }
    },
  };
}

function isSubjectOf({ subject, issuer }: AssertedFacts, ownIssuer: string): boolean {
  if (issuer !== undefined) return issuer !== ownIssuer && !hasSubjectShape(subject);
  return (['user', 'client', 'api_key'] as const).some((kind) => isId(kind, subject));
}

function claimsOf(facts: AssertedFacts, iss: string, iat: number): IdentityAssertionClaims {
  return withoutAbsent<IdentityAssertionClaims>({
    iss,
    aud: facts.audience,
    sub: facts.subject,
    sub_iss: facts.issuer ?? iss,
    iat,
    exp: iat + IDENTITY_ASSERTION_SECONDS,
    jti: createId('token'),
    roles: facts.roles,
    scope: facts.scopes.join(' '),
    username: facts.username,
    sid: facts.sessionId,
    patient_id: facts.patientId,
    doctor_id: facts.doctorId,
    client_id: facts.clientId,
    act: facts.actor,
  });
}
