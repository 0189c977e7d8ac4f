import { createHttpFollowRevocations } from '../../adapters/http/revocation-feed-http.ts';
import type { RevocationFeed } from '../../gateway/revocation/revocation-feed.ts';
import type { FollowRevocations } from '../../identity/revocation.ts';
import type { Log } from '../../lib/log.ts';
import { systemTimer } from '../../lib/system-timer.ts';
import type { CoreSource } from './node-edge-parts.ts';
import type { Edge } from './wire-gateway.ts';

/**
 * Has the feed of a process of Node follow the log, and watches it. The edge was wired before, so that it hears of everything. Answers with what
 * stops both.
 */
export function followRevocations(
  feed: RevocationFeed,
  edge: () => Edge,
  source: CoreSource & { readonly log: Log },
): () => void {
  // Known here before the log tells of it.
  source.core?.core.endings.onSessionEnded(feed.takeEndedSession);
  const stopFollowing = followSource(source)(undefined, feed.take);
  const stopWatching = feed.watch(systemTimer, () => edge().standing.probe());
  return () => {
    stopFollowing();
    stopWatching();
  };
}

function followSource({ core, cores, log }: CoreSource & { readonly log: Log }): FollowRevocations {
  if (core !== undefined) return core.core.followRevocations;
  if (cores === undefined) throw new Error('the environment was not checked');
  const { random } = Math;
  return createHttpFollowRevocations({ cores, fetch, timer: systemTimer, clock: Date.now, random, log });
}
