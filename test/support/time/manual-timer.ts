import type { Timer } from '../../../src/lib/durations.ts';
import type { ManualClock } from '../memory-stores/memory-stores.ts';

/** A timer for work that is done again and again; it fires as the test moves the clock. */
export interface ManualTimer {
  readonly timer: Timer;
  /** Moves the clock, a step at a time (a minute where nothing else is said), and lets what is then due run until it waits again. */
  advanceSeconds(seconds: number, stepSeconds?: number): Promise<void>;
  /** How many calls wait. */
  waiting(): number;
}

/** Creates a timer on a clock. */
export function createManualTimer(clock: ManualClock): ManualTimer {
  const calls = new Set<{ readonly call: () => void; readonly atMs: number }>();

  async function fire(): Promise<void> {
    const count = calls.size;
    for (const waiting of [...calls]) {
      if (waiting.atMs > clock.now()) continue;
      calls.delete(waiting);
      waiting.call();
    }
    while (calls.size < count) await new Promise((resolve) => setImmediate(resolve));
  }

  return {
    timer(call, delayMs) {
      const waiting = { call, atMs: clock.now() + delayMs };
      calls.add(waiting);
      return () => void calls.delete(waiting);
    },
    async advanceSeconds(seconds, stepSeconds = 60) {
      for (let left = seconds; left > 0; left -= stepSeconds) {
        clock.advanceSeconds(Math.min(left, stepSeconds));
        await fire();
      }
    },
    waiting: () => calls.size,
  };
}
