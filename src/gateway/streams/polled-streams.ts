import type { Log } from '../../lib/log.ts';
import { startRounds } from '../../lib/rounds.ts';
import type { RevocationFeed } from '../revocation/revocation-feed.ts';
import type { StandingCheck } from '../revocation/standing.ts';
import { bondExpiryMs, bondSince, endOfRevoked, revocableIds } from './bond.ts';
import { callAt, type Time } from './call-at.ts';
import type { OpenStreams } from './open-streams.ts';
import type { StreamEnd } from './stream-end.ts';

const POLL_EVERY_MS = 1_000;

/** What polled streams work with. */
export interface PolledStreamsOptions extends Time {
  readonly feed: Pick<RevocationFeed, 'freshness'>;
  readonly standing: Pick<StandingCheck, 'refresh' | 'check'>;
  readonly log: Log;
}

/**
 * Creates what watches open streams where no process hears of revocations in the background, and one request may not touch another's streams (Workers): each asks
 * by itself once a second, in the time of its own request. Transfers are NOT watched.
 */
export function createPolledStreams(options: PolledStreamsOptions): Pick<OpenStreams, 'add'> {
  const { standing, clock, timer, log } = options;
  return {
    add(bond, kind, end) {
      if (bond === undefined || kind === 'transfer') return () => {};
      const { principal } = bondSince(bond, clock());
      let over = false;
      // Of a long silence the log does not tell all when it is heard again.
      let isUnheard = false;
      let stop = (): void => {};
      function finish(why: StreamEnd): void {
        if (over) return;
        remove();
        end(why);
      }
      function remove(): void {
        over = true;
        stop();
      }
      async function round(): Promise<void> {
        await standing.refresh?.();
        // Where the log is not heard, what look-ups told at the start is of no use any more.
        isUnheard ||= options.feed.freshness() !== 'current';
        const { kind: said } = await standing.check(principal, isUnheard);
        if (said === 'stands') isUnheard = false;
        else if (said === 'revoked') finish(endOfRevoked(bond));
        else if (said === 'unavailable' && options.feed.freshness() === 'stale')
          finish('revocations_unknown');
      }

      const cancelExpiry = callAt(() => finish('token_expired'), bondExpiryMs(bond, clock()), options);
      const isOurs = revocableIds(principal).length > 0;
      const rounds = { work: 'open_stream', round, everyMs: POLL_EVERY_MS, timer, log };
      const stopRounds = isOurs ? startRounds(rounds) : async () => {};
      stop = () => {
        cancelExpiry();
        void stopRounds();
      };
      return remove;
    },
  };
}
