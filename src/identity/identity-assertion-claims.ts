import { MINUTE_SECONDS } from '../lib/durations.ts';

/** The `typ` header of identity assertions, by which nobody takes one for an access token. @see RFC 8725, section 3.11 (Explicit Typing) */
export const IDENTITY_ASSERTION_TYPE = 'identity-assertion+jwt';

/** How long an identity assertion is good: long enough for a request on its way, too short to be collected. */
export const IDENTITY_ASSERTION_SECONDS = MINUTE_SECONDS;

/** Who acts for the subject, and for whom that actor acts in turn. @see RFC 8693, section 4.1 ("act" (Actor) Claim) */
export interface ActorClaim {
  readonly sub: string;
  readonly act?: ActorClaim;
}

/** What an identity assertion says: who called, to which upstream. Times are seconds since the Unix epoch. */
export interface IdentityAssertionClaims {
  /** Wardgate's public URL. */
  readonly iss: string;
  /** The upstream that it is for, and no other. */
  readonly aud: string;
  readonly sub: string;
  /** The issuer that vouches for `sub`: `iss` itself for our own, else the foreign one. Two issuers may have equal subjects. */
  readonly sub_iss: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
  /** Sorted, without duplicates. */
  readonly roles: readonly string[];
  /** Space-separated; may be empty. */
  readonly scope: string;
  readonly username?: string;
  readonly sid?: string;
  readonly patient_id?: string;
  readonly doctor_id?: string;
  readonly client_id?: string;
  readonly act?: ActorClaim;
}
