import type { Principal } from '../../identity/principal.ts';
import type { Fingerprint } from '../../lib/fingerprint.ts';
import type { Soon } from '../../lib/soon.ts';
import type { Dependency } from '../../lib/unavailable-error.ts';
import type { TokenKind } from './token-kind.ts';

/** What was found of a token. "Could not tell" is `unavailable`, never `bad`. */
export type TokenFinding =
  | { readonly kind: 'good'; readonly principal: Principal }
  | { readonly kind: 'bad' }
  | { readonly kind: 'unavailable'; readonly dependency: Dependency };

/**
 * What is known in memory of what was revoked. `not_listed`: what is known is current, and this principal is not in it; `not_current`: the memory may have
 * missed something, so that the stores have to be asked.
 */
export type RevocationStanding = 'revoked' | 'not_listed' | 'not_current';

/**
 * Port: judges tokens that others ask about by the edge's own means: the same issuers, key sets, algorithms, claims, audiences and role maps as on routes.
 * Session tokens and API keys are looked up as on routes too, which counts as use and is remembered for a second at most.
 */
export interface TokenAuthentication {
  /** Answers at once where what is remembered suffices. Does NOT tell of an access token whether it was revoked. */
  authenticateToken(token: string, kind: Exclude<TokenKind, 'refresh_token'>): Soon<TokenFinding>;
  /** Whether something that a principal of our own core stands on was revoked, as far as this process knows. No I/O. */
  revocationOf(principal: Principal): RevocationStanding;
  /** Names secrets in memories. */
  readonly fingerprint: Fingerprint;
}
