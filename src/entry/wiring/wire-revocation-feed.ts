import { createRevocationFeed, type RevocationFeed } from '../../gateway/revocation/revocation-feed.ts';
import { ACCESS_TOKEN_LIFETIME_SECONDS } from '../../identity/access-token-claims.ts';
import type { Clock } from '../../lib/durations.ts';
import type { Log } from '../../lib/log.ts';
import { CLOCK_TOLERANCE_SECONDS } from '../../oauth/token-limits.ts';

/** A token may be presented until this long after it was issued; the clocks that write and judge its times may differ. */
const REMEMBER_SECONDS = ACCESS_TOKEN_LIFETIME_SECONDS + 2 * CLOCK_TOLERANCE_SECONDS;

/** Creates a feed of revocations that remembers for as long as our core's tokens can be good. Does NOT follow anything yet. */
export function wireRevocationFeed(options: {
  readonly clock: Clock;
  readonly graceMs: () => number;
  readonly log: Log;
}): RevocationFeed {
  return createRevocationFeed({
    ...options,
    elapsed: () => performance.now(),
    rememberSeconds: REMEMBER_SECONDS,
  });
}
