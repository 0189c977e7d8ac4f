import { createId } from '../../identity/ids.ts';
import type { Clock, Timer } from '../../lib/durations.ts';
import type { Log } from '../../lib/log.ts';
import { stackFrames } from '../../lib/stack-frames.ts';
import { UnavailableError } from '../../lib/unavailable-error.ts';
import { type AuditCounter, type AuditCounts, createAuditCounter } from './audit-counts.ts';
import type { AuditLog, TimedAuditEvent } from './audit-log.ts';
import type { AuditStore } from './audit-store.ts';
import { logUnstoredEvent } from './unstored-events.ts';

/** The audit log of a process: events wait in memory until the store has them. */
export interface AuditTrail extends AuditLog {
  /** Waits until the store has all that was recorded, so that whoever records in bulk does not fill the memory; as long as the store is away, too. */
  settled(): Promise<void>;
  /**
   * Stores what waits, for five seconds at most, and writes the rest to the log in full; so it does with what is recorded afterwards. What was under
   * way at the deadline may be in both.
   */
  stop(): Promise<void>;
  /** What was recorded and what became of it. */
  readonly counts: AuditCounts;
}

// Some 10 MB at worst; at a hundred acts a second, a database may be away for more than a minute.
const WAITING_MAX = 10_000;
const BATCH_MAX = 100;
const BACK_OFF_MIN_MS = 100;
const BACK_OFF_MAX_MS = 5_000;
const STOP_DEADLINE_MS = 5_000;

/** Creates the audit trail on a store. Does NOT survive the death of the process: what waits then is lost. */
export function createAuditTrail(options: {
  readonly store: Pick<AuditStore, 'append'>;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly log: Log;
}): AuditTrail {
  const { clock, timer, log } = options;
  const waiting: TimedAuditEvent[] = [];
  const pause = createPause(timer);
  let closed = false;
  let draining: Promise<void> | undefined;
  const counts = createAuditCounter(() => waiting.length);
  const giveUp: GiveUp = (event, because) => {
    counts.giveUp(because);
    logUnstoredEvent(log, event, because);
  };
  const drain = createDrain({ ...options, waiting, counts, giveUp, pause, isClosed: () => closed });

  return {
    counts,
    record(event) {
      counts.record(event);
      const timed = { id: createId('audit_event'), at: new Date(clock()), event };
      if (closed) return giveUp(timed, 'stopped');
      if (waiting.length >= WAITING_MAX) return giveUp(timed, 'queue_full');
      waiting.push(timed);
      draining ??= drain(() => {
        draining = undefined;
      });
    },
    async settled() {
      await draining;
    },
    async stop() {
      if (draining !== undefined) {
        const late = Promise.withResolvers<void>();
        const cancel = timer(late.resolve, STOP_DEADLINE_MS);
        pause.end();
        await Promise.race([draining, late.promise]);
        cancel();
      }
      closed = true;
      for (const event of waiting.splice(0)) giveUp(event, 'stopped');
      pause.end();
    },
  };
}

type GiveUp = (event: TimedAuditEvent, because: string) => void;

/** Creates the work of storing what waits, until nothing does; it tells so in the same turn, so that no event falls in between. */
function createDrain(options: {
  readonly store: Pick<AuditStore, 'append'>;
  readonly log: Log;
  readonly waiting: TimedAuditEvent[];
  readonly counts: AuditCounter;
  readonly giveUp: GiveUp;
  readonly pause: Pause;
  readonly isClosed: () => boolean;
}): (done: () => void) => Promise<void> {
  const { store, log, waiting, counts, pause, isClosed } = options;
  return async (done) => {
    // What is recorded in the same turn goes in one batch, and no caller pays for the work.
    await Promise.resolve();
    let batchMax = BATCH_MAX;
    let backOffMs = BACK_OFF_MIN_MS;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, batchMax);
      const outcome = await tryToStore(store, batch, log);
      if (isClosed()) break;
      if (outcome === 'unavailable') {
        if (backOffMs === BACK_OFF_MIN_MS) log.warn('audit store unavailable', { waiting: waiting.length });
        await pause.wait(backOffMs);
        backOffMs = Math.min(2 * backOffMs, BACK_OFF_MAX_MS);
        continue;
      }
      backOffMs = BACK_OFF_MIN_MS;
      if (outcome === 'refused' && batch.length > 1) {
        batchMax = Math.ceil(batch.length / 2);
        continue;
      }
      waiting.splice(0, batch.length);
      if (outcome === 'stored') counts.store(batch.length);
      else for (const event of batch) options.giveUp(event, 'store_refused');
      batchMax = Math.min(2 * batchMax, BATCH_MAX);
    }
    done();
  };
}

async function tryToStore(
  store: Pick<AuditStore, 'append'>,
  batch: readonly TimedAuditEvent[],
  log: Log,
): Promise<'stored' | 'unavailable' | 'refused'> {
  try {
    await store.append(batch);
    return 'stored';
  } catch (error) {
    if (error instanceof UnavailableError) return 'unavailable';
    log.error('audit store refused events', { ...stackFrames(error), events: batch.length });
    return 'refused';
  }
}

/** A wait that can be cut short. */
interface Pause {
  wait(delayMs: number): Promise<void>;
  end(): void;
}

function createPause(timer: Timer): Pause {
  let end = () => {};
  return {
    wait(delayMs) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const cancel = timer(resolve, delayMs);
      end = () => {
        cancel();
        resolve();
      };
      return promise;
    },
    end: () => end(),
  };
}
