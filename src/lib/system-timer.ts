import type { Timer } from './durations.ts';

/** The timer of the runtime. Does NOT let a Node process end while a call is due: whoever sets one calls it off. */
export const systemTimer: Timer = (call, delayMs) => {
  const timeout = setTimeout(call, delayMs);
  return () => clearTimeout(timeout);
};
