import { MINUTE_SECONDS, type Timer } from '../../lib/durations.ts';
import type { Log } from '../../lib/log.ts';
import { startRounds } from '../../lib/rounds.ts';
import { EXPIRED_ROW_KINDS, type ExpiredRows } from './expired-rows.ts';

// A statement of so many rows takes milliseconds, and holds no lock for longer.
const BATCH_ROWS = 500;
// What a round may do of one kind; what is left waits for the next.
const BATCHES_MAX = 20;
const EVERY_MS = 5 * MINUTE_SECONDS * 1000;
// Processes that start together do not clean together for ever.
const JITTER = 0.5;

/**
 * Starts the removal of rows that have had their time: a bounded round every five minutes or so, in every process, in small batches. Answers with what
 * stops it, between two batches; it has to be over before the database closes.
 */
export function startCleaning(options: {
  readonly rows: ExpiredRows;
  /** How long sessions stay after their end. */
  readonly sessionRetentionSeconds: number;
  readonly timer: Timer;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly log: Log;
}): () => Promise<void> {
  const { rows, sessionRetentionSeconds, random, log } = options;
  let stopped = false;

  async function round(): Promise<void> {
    for (const kind of EXPIRED_ROW_KINDS) {
      let removed = 0;
      for (let batch = 0; batch < BATCHES_MAX && !stopped; batch += 1) {
        const count = await rows.remove(kind, { limit: BATCH_ROWS, sessionRetentionSeconds });
        removed += count;
        if (count < BATCH_ROWS) break;
      }
      if (removed > 0) log.info('expired rows were removed', { kind, removed });
    }
  }

  const everyMs = EVERY_MS * (1 + JITTER * random());
  const stopRounds = startRounds({ ...options, work: 'cleaning', round, everyMs });
  return () => {
    stopped = true;
    return stopRounds();
  };
}
