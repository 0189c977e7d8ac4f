import type { Timer } from '../../lib/durations.ts';

/** The timer of a Node process. Does NOT let the process end while a call is due: whoever sets one calls it off. */
export const processTimer: Timer = (call, delayMs) => {
  const timeout = setTimeout(call, delayMs);
  return () => clearTimeout(timeout);
};
