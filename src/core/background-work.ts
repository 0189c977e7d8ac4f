import { createBoundedQueue } from '../lib/bounded-queue.ts';
import { failureFields } from '../lib/failure-fields.ts';
import type { Log } from '../lib/log.ts';

/** Work that goes on behind an answer, so that its time and outcome do not show in it. */
export interface BackgroundWork {
  /** Begins the work when its turn comes. Returns at once and never throws: what fails is logged with the id of the request. */
  run(requestId: string, work: () => Promise<void>): void;
  /** Waits until nothing is under way. */
  settled(): Promise<void>;
}

// A few, so that it leaves connections of the database's pool to what somebody waits for.
const RUNNING_MAX = 4;
// A second or two of work; what comes beyond is an attack, and lost.
const WAITING_MAX = 1000;

/** Creates the background work of a process. Does NOT survive its death. */
export function createBackgroundWork(log: Log): BackgroundWork {
  const full = () => new Error('too much waits');
  const queue = createBoundedQueue({ runningMax: RUNNING_MAX, waitingMax: WAITING_MAX, full });
  const underWay = new Set<Promise<void>>();

  async function perform(requestId: string, work: () => Promise<void>): Promise<void> {
    try {
      await queue.run(work);
    } catch (error) {
      log.error('work behind an answer failed', { request_id: requestId, ...failureFields(error) });
    }
  }

  return {
    run(requestId, work) {
      const performed = perform(requestId, work).finally(() => underWay.delete(performed));
      underWay.add(performed);
    },
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
