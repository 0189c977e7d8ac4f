import { MINUTE_SECONDS } from '../lib/durations.ts';
import type { Actor } from './actor.ts';

/** The `typ` header of identity assertions, by which nobody takes one for an access token. @see RFC 8725, section 3.11 (Explicit Typing) */
export const IDENTITY_ASSERTION_TYPE = 'identity-assertion+jwt';

/** How long an identity assertion is good: long enough for a request on its way, too short to be collected. */
export const IDENTITY_ASSERTION_SECONDS = MINUTE_SECONDS;

/** What an identity assertion says: who called, to which upstream. Times are seconds since the Unix epoch. */
export interface IdentityAssertionClaims {
  /** Wardgate's public URL. */
  readonly iss: string;
  /** The audience of the upstream that it is for, and no other. */
  readonly aud: string;
  readonly sub: string;
  /** The issuer that vouches for `sub`: `iss` itself for our own, else the foreign one. Two issuers may have equal subjects. */
  readonly sub_iss: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
  readonly roles: readonly string[];
  /** Space-separated; may be empty. */
  readonly scope: string;
  readonly username?: string;
  readonly sid?: string;
  readonly patient_id?: string;
  readonly doctor_id?: string;
  readonly client_id?: string;
  readonly act?: Actor;
}

/** The facts about a caller that an assertion is signed for; what is not known is absent. */
export interface AssertedFacts {
  /** The audience of the upstream. */
  readonly audience: string;
  readonly subject: string;
  /** The foreign issuer that vouches for the subject; absent for our own. */
  readonly issuer?: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly username?: string;
  readonly sessionId?: string;
  readonly patientId?: string;
  readonly doctorId?: string;
  readonly clientId?: string;
  readonly actor?: Actor;
}

/** A signed identity assertion. */
export interface SignedAssertion {
  readonly token: string;
  /** Seconds since the Unix epoch. */
  readonly expiresAt: number;
}
