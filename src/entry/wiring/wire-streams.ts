import { processTimer } from '../../adapters/node/process-timer.ts';
import type { RevocationFeed } from '../../gateway/revocation/revocation-feed.ts';
import { createOpenStreams, type OpenStreams } from '../../gateway/streams/open-streams.ts';
import type { Log } from '../../lib/log.ts';

/** Wires the register of open streams of a Node process to its feed of revocations. */
export function wireStreams(feed: RevocationFeed, log: Log): OpenStreams {
  return createOpenStreams({
    news: {
      onRevoked: feed.onRevoked,
      onStale: feed.onStale,
      isRevoked: (principal) =>
        feed.index.isRevoked(principal) ||
        (principal.keyId !== undefined && feed.withdrawnKeys.has(principal.keyId)),
      isStale: () => feed.freshness() === 'stale',
    },
    clock: Date.now,
    timer: processTimer,
    log,
  });
}
