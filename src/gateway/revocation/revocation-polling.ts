import type { RevocationBatch } from '../../identity/revocation.ts';
import type { Clock } from '../../lib/durations.ts';
import { failureFields } from '../../lib/failure-fields.ts';
import type { Log } from '../../lib/log.ts';
import type { Soon } from '../../lib/soon.ts';
import { UnavailableError } from '../../lib/unavailable-error.ts';
import type { RevocationFeed } from './revocation-feed.ts';

/** What a feed is kept up to date with where nothing runs in the background. */
export interface RevocationPollingOptions {
  readonly feed: Pick<RevocationFeed, 'take'>;
  /** Asks for what was revoked since a cursor. Throws UnavailableError when the core does not tell. */
  readonly poll: (after: string | undefined) => Promise<RevocationBatch>;
  readonly clock: Clock;
  readonly log: Log;
  /** Told of each poll that is under way; a runtime that ends a request's I/O with the request (Workers) keeps it alive with this. */
  readonly keepAlive: (work: Promise<unknown>) => void;
}

const POLL_EVERY_MS = 1000;
/** A poll that has told nothing for so long is given up for lost; its own timeout is shorter. */
const POLL_LOST_MS = 10_000;

/**
 * Makes what is waited for before a token is verified: one poll a second for all requests, asked when one comes, so that what was revoked is known within a
 * second. While polls fail nobody waits for them: the feed grows silent then. The function that it answers with does NOT reject.
 */
export function createRevocationPolling(options: RevocationPollingOptions): () => Soon<unknown> {
  const { feed, poll, clock, log, keepAlive } = options;
  let askedAt = Number.NEGATIVE_INFINITY;
  let underWay: Promise<void> | undefined;
  let cursor: string | undefined;
  let isFailing = false;

  async function pollOnce(): Promise<void> {
    try {
      const batch = await poll(cursor);
      feed.take(batch);
      cursor = batch.cursor;
      if (isFailing) log.info('revocations are polled again');
      isFailing = false;
    } catch (error) {
      const known = error instanceof UnavailableError;
      if (!isFailing) log[known ? 'warn' : 'error']('revocations could not be polled', failureFields(error));
      isFailing = true;
    }
  }

  function begin(now: number): void {
    askedAt = now;
    const polled = pollOnce().finally(() => {
      if (underWay === polled) underWay = undefined;
    });
    underWay = polled;
    keepAlive(polled);
  }

  return () => {
    const now = clock();
    const age = Math.abs(now - askedAt);
    if (age >= (underWay === undefined ? POLL_EVERY_MS : POLL_LOST_MS)) begin(now);
    return isFailing ? undefined : underWay;
  };
}
