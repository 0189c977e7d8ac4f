import type { Actor } from '../identity/actor.ts';

/** Who is calling, as the identity headers say. */
export interface Identity {
  /** `X-User-Id`: the subject. Of a foreign issuer it is that issuer's own, and unique within it alone. */
  readonly userId: string;
  /** `X-User-Roles`. May be empty. */
  readonly roles: readonly string[];
  /** `X-Consumer-Username`; programs have none. */
  readonly username: string | undefined;
  /** `X-Session-Id`; programs have none. */
  readonly sessionId: string | undefined;
}

/** Who is calling, as an identity assertion proves. */
export interface AssertedIdentity extends Identity {
  /** Who vouches for `userId`: Wardgate's own issuer, or a foreign one. */
  readonly issuer: string;
  readonly scopes: readonly string[];
  readonly patientId: string | undefined;
  readonly doctorId: string | undefined;
  /** The program through which the caller acts, where the token named one. */
  readonly clientId: string | undefined;
  /** Who acts for the caller, where somebody does. @see RFC 8693, section 4.1 */
  readonly actor: Actor | undefined;
}

/** Why the identity headers are not believed. */
export type HeaderRefusal =
  /** They are not there: the request did not come through Wardgate. */
  'not_behind_wardgate' | 'header_repeated' | 'header_malformed';

/** Why an identity assertion is not believed. */
export type AssertionRefusal =
  | HeaderRefusal
  | 'assertion_malformed'
  | 'type_mismatch'
  | 'algorithm_not_allowed'
  | 'key_unknown'
  | 'signature_invalid'
  | 'issuer_mismatch'
  | 'audience_mismatch'
  | 'expired'
  | 'claim_malformed';

/** What was made of the identity headers. `anonymous` is a caller without a credential, whom a public route let through. */
export type HeaderReading =
  | { readonly kind: 'identified'; readonly identity: Identity }
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'refused'; readonly because: HeaderRefusal };

/** What was made of an identity assertion. `unavailable`: the key set could not be fetched, which is neither yes nor no. */
export type AssertionReading =
  | { readonly kind: 'identified'; readonly identity: AssertedIdentity }
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'refused'; readonly because: AssertionRefusal }
  | { readonly kind: 'unavailable' };
