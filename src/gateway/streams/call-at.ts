import type { Clock, Timer } from '../../lib/durations.ts';

// What a timer's delay holds on Node and in browsers; above it they call at once.
const DELAY_MAX_MS = 2 ** 31 - 1;

/** What tells the time, and calls when it has come. */
export interface Time {
  readonly clock: Clock;
  readonly timer: Timer;
}

/** Calls once when the clock has come to a time, also one that is further away than timers reach; never at infinity. Answers with what calls it off. */
export function callAt(call: () => void, atMs: number, { clock, timer }: Time): () => void {
  if (atMs === Number.POSITIVE_INFINITY) return () => {};
  let cancel = (): void => {};
  function wait(): void {
    cancel = timer(
      () => (clock() >= atMs ? call() : wait()),
      Math.min(Math.max(0, Math.ceil(atMs - clock())), DELAY_MAX_MS),
    );
  }
  wait();
  return () => cancel();
}
