import type { Principal } from '../../identity/principal.ts';
import type { Soon } from '../../lib/soon.ts';
import type { Dependency } from '../../lib/unavailable-error.ts';

/** Whether what a verified principal stands on still stands, or that nobody could tell. */
export type Standing =
  | { readonly kind: 'stands' }
  | { readonly kind: 'revoked' }
  | { readonly kind: 'unavailable'; readonly dependency: Dependency };

/** Tells whether access was taken away since a credential was verified. */
export interface StandingCheck {
  /**
   * Brings what is known up to date where nothing does in the background; to be waited for before a token is verified. Does NOT reject, and does NOT
   * exist where the log is followed.
   */
  readonly refresh?: () => Soon<unknown>;
  /** `live`: the core is asked each time, and nothing stands by its signature alone. Answers at once where what is heard suffices. */
  check(principal: Principal, live: boolean): Soon<Standing>;
  /** Finds out whether the core answers while the log is silent, though nobody comes to ask about. */
  probe(): Promise<Standing>;
}
