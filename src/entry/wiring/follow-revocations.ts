import { processTimer } from '../../adapters/node/process-timer.ts';
import type { RevocationFeed } from '../../gateway/revocation/revocation-feed.ts';
import type { FollowRevocations } from '../../identity/revocation.ts';
import type { Log } from '../../lib/log.ts';
import { startRounds } from '../../lib/rounds.ts';
import type { WiredCore } from './wire-core.ts';
import type { Edge } from './wire-gateway.ts';
import { REMEMBER_SECONDS } from './wire-revocation-feed.ts';

/**
 * Has the feed of a process of Node follow the log, and watches it. The edge was wired before, so that it hears of everything. Answers with what
 * stops both.
 */
export function followRevocations(
  feed: RevocationFeed,
  edge: () => Edge,
  { core, log }: { readonly core: WiredCore | undefined; readonly log: Log },
): () => void {
  core?.core.endings.onSessionEnded(feed.takeEndedSession);
  const stopFollowing = core === undefined ? () => {} : followEnded(core, log)(undefined, feed.take);
  const stopWatching = feed.watch(processTimer, () => edge().standing.probe());
  return () => {
    stopFollowing();
    stopWatching();
  };
}

/** Follows the sessions that the database holds as ended. */
function followEnded({ sessions }: WiredCore, log: Log): FollowRevocations {
  return (_after, take) => {
    const round = async () => {
      const ended = await sessions.listEnded(REMEMBER_SECONDS);
      const revocations = ended.map(
        ({ sessionId: id }) => ({ kind: 'session', id, revokedAtMs: Date.now() }) as const,
      );
      take({ revocations, cursor: '' });
    };
    void round().catch(() => undefined);
    const stop = startRounds({ work: 'revocations', round, everyMs: 1000, timer: processTimer, log });
    return () => void stop();
  };
}
