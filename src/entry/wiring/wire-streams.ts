import type { RevocationFeed } from '../../gateway/revocation/revocation-feed.ts';
import type { StandingCheck } from '../../gateway/revocation/standing.ts';
import { createOpenStreams, type OpenStreams } from '../../gateway/streams/open-streams.ts';
import type { Timer } from '../../lib/durations.ts';
import type { Log } from '../../lib/log.ts';
import { startRounds } from '../../lib/rounds.ts';
import { systemTimer } from '../../lib/system-timer.ts';

/** How often the core is asked about each open stream while no revocations are heard. */
const REVIEW_EVERY_MS = 5_000;

/** Wires the register of open streams of a Node process to its feed of revocations. */
export function wireStreams(feed: RevocationFeed, log: Log): OpenStreams {
  return createOpenStreams({
    news: {
      onRevoked: feed.onRevoked,
      onStale: feed.onStale,
      isRevoked: feed.index.isRevoked,
      isStale: () => feed.freshness() === 'stale',
    },
    clock: Date.now,
    timer: systemTimer,
    log,
  });
}

/** Has the core asked about open streams while the log of revocations is silent and the core is not: they would outlive what they stand on. Answers with what stops it. */
export function reviewInSilence(
  streams: OpenStreams,
  feed: RevocationFeed,
  edge: () => { readonly standing: Pick<StandingCheck, 'check'> },
  log: Log,
  timer: Timer = systemTimer,
): () => Promise<void> {
  const round = async () => {
    if (feed.freshness() === 'current') return;
    await streams.review(
      async (principal) => (await edge().standing.check(principal, true)).kind === 'revoked',
    );
  };
  return startRounds({ work: 'open_streams', round, everyMs: REVIEW_EVERY_MS, timer, log });
}
