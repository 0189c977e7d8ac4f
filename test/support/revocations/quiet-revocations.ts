import {
  createRevocationFeed,
  type RevocationFeed,
} from '../../../src/gateway/revocation/revocation-feed.ts';
import type { StandingCheck } from '../../../src/gateway/revocation/standing.ts';
import { silentLog } from '../../../src/lib/log.ts';

/** A feed that has heard the log just now, on a clock that stands still, so that it stays fresh. */
export function quietRevocations(): RevocationFeed {
  const feed = createRevocationFeed({
    clock: () => 0,
    elapsed: () => 0,
    rememberSeconds: 60,
    graceMs: () => 0,
    log: silentLog,
  });
  feed.take({ revocations: [], cursor: '' });
  return feed;
}

/** A check by which everybody stands. */
export const everybodyStands: StandingCheck = {
  check: () => ({ kind: 'stands' }),
  probe: async () => ({ kind: 'stands' }),
};
