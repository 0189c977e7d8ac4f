import type { Clock } from '../../lib/durations.ts';
import type { Log } from '../../lib/log.ts';
import type { LogRead, RevocationLog } from './revocation-log.ts';

/** By how much a clock may seem ahead without being so: a read takes a moment. */
const AHEAD_MIN_MS = 250;
/** A read that took longer, or in which our clock was set, tells nothing of clocks. */
const READ_MAX_MS = 1_000;
/** Clocks that are kept right are nearer than this. */
const APART_MIN_MS = 2_000;

/** Our clock beside that of the log. */
export interface LogClock {
  /**
   * Now, and no later than the log would say: what is issued then is issued before whatever the log tells of later, however far ahead our own clock is. Our own where that is
   * behind, and until the log was read.
   */
  readonly now: Clock;
  /** Reads the log, and compares the clocks by that. */
  readonly read: RevocationLog['read'];
}

/** Creates it. Logs when the clocks come to be two seconds apart, and when they are no more. Does NOT read by itself. */
export function createLogClock(options: {
  readonly revocationLog: Pick<RevocationLog, 'read'>;
  readonly clock: Clock;
  readonly log: Log;
}): LogClock {
  const { revocationLog, clock, log } = options;
  /** Below 0 where ours is behind. */
  let aheadMs = 0;

  function tellApart(isApart: boolean): void {
    if (isApart)
      log.warn('the clocks of this process and of the database differ: one is wrong', {
        ahead_seconds: aheadMs / 1000,
      });
    else log.info('the clocks of this process and of the database agree again');
  }

  function compare({ readAtMs }: LogRead, begunAt: number): void {
    const now = clock();
    if (now < begunAt || now - begunAt > READ_MAX_MS) return;
    const wasApart = areApart(aheadMs);
    aheadMs = now - readAtMs;
    if (areApart(aheadMs) !== wasApart) tellApart(!wasApart);
  }

  return {
    now: () => (aheadMs > AHEAD_MIN_MS ? clock() - aheadMs : clock()),
    async read(after) {
      const begunAt = clock();
      const read = await revocationLog.read(after);
      compare(read, begunAt);
      return read;
    },
  };
}

function areApart(aheadMs: number): boolean {
  return Math.abs(aheadMs) > APART_MIN_MS;
}
