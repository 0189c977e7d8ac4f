import type { Timer } from '../../../src/lib/durations.ts';

/** What waits for the test to fire it. */
export interface WaitingCall {
  readonly call: () => void;
  readonly delayMs: number;
}

/** Creates a timer whose calls wait, in the order in which they were asked for, until the test fires them. */
export function createSteeredTimer(): { readonly timer: Timer; readonly timers: WaitingCall[] } {
  const timers: WaitingCall[] = [];
  return {
    timers,
    timer(call, delayMs) {
      const waiting = { call, delayMs };
      timers.push(waiting);
      return () => {
        const index = timers.indexOf(waiting);
        if (index >= 0) timers.splice(index, 1);
      };
    },
  };
}

/** Lets everything run that waits for no timer. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Fires the first timer and answers with its delay. */
export async function fire(timers: WaitingCall[]): Promise<number> {
  const timer = timers.shift();
  if (timer === undefined) throw new Error('no timer waits');
  timer.call();
  await settle();
  return timer.delayMs;
}
