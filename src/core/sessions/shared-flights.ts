import type { Clock } from '../../lib/durations.ts';

/** Runs work for a key once for all who ask while it runs. */
export type SharedFlights<Value> = (key: string, work: () => Promise<Value>) => Promise<Value>;

/** How long after a flight another one for the same key is a follow-up. */
const FOLLOW_UP_WITHIN_MS = 1000;
/** Long enough to gather what one burst of requests still sends, too short for a person to notice. */
const GATHER_MS = 50;

/**
 * Creates flights: whoever asks for a key while its flight is under way gets that flight's answer, a failure too. A flight begins at once; one that
 * follows another of the same key within a second waits first, so that the stragglers of a burst share it. Does NOT reach beyond
 * this process and keeps no answer after its flight.
 */
export function createSharedFlights<Value>(options: {
  readonly clock: Clock;
  readonly pause: (ms: number) => Promise<void>;
}): SharedFlights<Value> {
  const { clock, pause } = options;
  const flying = new Map<string, Promise<Value>>();
  /** When the last flight for a key landed, oldest first. */
  const landedAtMs = new Map<string, number>();

  function forgetOld(): void {
    for (const [key, atMs] of landedAtMs) {
      if (clock() - atMs < FOLLOW_UP_WITHIN_MS) return;
      landedAtMs.delete(key);
    }
  }

  async function fly(key: string, work: () => Promise<Value>): Promise<Value> {
    forgetOld();
    try {
      if (landedAtMs.has(key)) await pause(GATHER_MS);
      return await work();
    } finally {
      flying.delete(key);
      landedAtMs.delete(key);
      landedAtMs.set(key, clock());
    }
  }

  return (key, work) => {
    const under = flying.get(key);
    if (under !== undefined) return under;
    const flight = fly(key, work);
    flying.set(key, flight);
    return flight;
  };
}
