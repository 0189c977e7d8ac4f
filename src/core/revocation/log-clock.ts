import type { Clock } from '../../lib/durations.ts';
import type { LogRead, RevocationLog } from './revocation-log.ts';

/** By how much a clock may seem ahead without being so: a read takes a moment. */
const AHEAD_MIN_MS = 250;
/** A read that took longer, or in which our clock was set, tells nothing of clocks. */
const READ_MAX_MS = 1_000;

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

/** Creates it. Does NOT read by itself. */
export function createLogClock(revocationLog: Pick<RevocationLog, 'read'>, clock: Clock): LogClock {
  let aheadMs = 0;

  function compare({ readAtMs }: LogRead, begunAt: number): void {
    const now = clock();
    if (now < begunAt || now - begunAt > READ_MAX_MS) return;
    aheadMs = now - readAtMs > AHEAD_MIN_MS ? now - readAtMs : 0;
  }

  return {
    now: () => clock() - aheadMs,
    async read(after) {
      const begunAt = clock();
      const read = await revocationLog.read(after);
      compare(read, begunAt);
      return read;
    },
  };
}
