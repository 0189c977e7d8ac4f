import type { Principal } from '../../identity/principal.ts';
import type { Result } from '../../lib/result.ts';
import type { Dependency } from '../../lib/unavailable-error.ts';
import type { Credential } from '../credentials/credential.ts';
import type { RejectReason } from '../decision.ts';

/** The four answers of an authenticator. "Could not tell" is `unavailable`, never `rejected`. */
export type Authentication =
  | { readonly kind: 'authenticated'; readonly principal: Principal }
  /** Another kind of credential. */
  | { readonly kind: 'not_applicable' }
  /** Mine, and bad. */
  | { readonly kind: 'rejected'; readonly because: RejectReason }
  /** Mine perhaps, but a dependency could not tell. */
  | { readonly kind: 'unavailable'; readonly dependency: Dependency };

/**
 * Verifies one kind of credential. Answers at once (not a promise) where it can, so that a remembered credential costs no turn
 * of the event loop. Does NOT decide what the principal may do. Does NOT throw for a bad credential.
 */
export interface Authenticator {
  readonly name: string;
  authenticate(credential: Credential): Authentication | Promise<Authentication>;
}

/** Answers with the principal that was made of a good credential, or with why none could be made of it. */
export function authenticationOf(principal: Result<Principal, RejectReason>): Authentication {
  return principal.ok
    ? { kind: 'authenticated', principal: principal.value }
    : { kind: 'rejected', because: principal.reason };
}
