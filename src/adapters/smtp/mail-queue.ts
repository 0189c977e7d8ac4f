import type { Mail, MailCounts, Mailer } from '../../core/mail/mailer.ts';
import type { Timer } from '../../lib/durations.ts';
import type { Log } from '../../lib/log.ts';

/** What came of one attempt. `refused`: the server will never take this mail; `failed`: perhaps another time. `because` holds nothing of the mail. */
export type DeliveryOutcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'refused' | 'failed'; readonly because: string };

/** Attempts to hand one mail over. Settles within bounded time and never rejects. `messageId` is the same for all attempts at a mail. */
export type Deliver = (mail: Mail, messageId: string) => Promise<DeliveryOutcome>;

/** A mailer that works through a queue. */
export interface MailQueue extends Mailer {
  counts(): MailCounts;
  /** Attempts everything that waits once more, for five seconds at most, and logs what was not sent; so it does with what comes afterwards. */
  stop(): Promise<void>;
}

// A mail is a kilobyte or two: as much as a server that is away for some minutes lets pile up at several a second.
const PENDING_MAX = 1000;
const RUNNING_MAX = 2;
/** How long after a failed attempt the next is made: over a restart of the server, and well within the life of a link. */
const RETRY_DELAYS_MS = [1_000, 10_000, 60_000, 300_000];
const STOP_DEADLINE_MS = 5_000;

interface MailQueueOptions {
  readonly deliver: Deliver;
  readonly timer: Timer;
  readonly log: Log;
}

interface Pending {
  readonly mail: Mail;
  readonly messageId: string;
  attempts: number;
  /** Calls its back-off off; `undefined` while it does not wait for its next attempt. */
  endBackOff: (() => void) | undefined;
}

/**
 * Creates a mailer that keeps mails in memory until they are handed over: a few at once, failed ones again after a growing while. Does NOT survive
 * the death of the process; and a mail whose acceptance got lost on the way back is sent again, under the same message id.
 */
export function createMailQueue({ deliver, timer, log }: MailQueueOptions): MailQueue {
  const pending = new Set<Pending>();
  const tally = createTally(log);
  let stopped = false;
  let onEmpty = () => {};

  function done(entry: Pending): boolean {
    const wasPending = pending.delete(entry);
    if (pending.size === 0) onEmpty();
    return wasPending;
  }

  const attempts = createAttempts(deliver, (entry, outcome) => {
    const delayMs = stopped ? undefined : RETRY_DELAYS_MS[entry.attempts - 1];
    if (outcome.kind === 'failed' && delayMs !== undefined) {
      tally.retried(entry, outcome.because);
      waitBefore(attempts.add, entry, { timer, delayMs });
    }
    // What is no longer pending was given up, and logged, before the outcome was known.
    else if (done(entry)) {
      if (outcome.kind === 'sent') tally.sent();
      else tally.lost(entry, outcome.because);
    }
  });

  return {
    send(mail) {
      const entry = { mail, messageId: crypto.randomUUID(), attempts: 0, endBackOff: undefined };
      if (stopped || pending.size >= PENDING_MAX)
        return tally.lost(entry, stopped ? 'stopped' : 'queue_full');
      pending.add(entry);
      attempts.add(entry);
    },
    counts: tally.counts,
    async stop() {
      stopped = true;
      for (const entry of [...pending]) entry.endBackOff?.();
      if (pending.size === 0) return;
      const settled = Promise.withResolvers<void>();
      onEmpty = settled.resolve;
      const cancel = timer(settled.resolve, STOP_DEADLINE_MS);
      await settled.promise;
      cancel();
      attempts.clear();
      for (const entry of [...pending]) if (done(entry)) tally.lost(entry, 'stopped');
    },
  };
}

/** Creates the count of outcomes, which logs those that are not good. */
function createTally(log: Log) {
  const counts = { sent: 0, lost: 0, retried: 0 };
  const fieldsOf = ({ mail, attempts }: Pending, because: string) => ({
    kind: mail.kind,
    user_id: mail.userId,
    attempts,
    because,
  });
  return {
    counts: () => ({ ...counts }),
    sent() {
      counts.sent += 1;
    },
    lost(entry: Pending, because: string) {
      counts.lost += 1;
      log.error('a mail was not sent', fieldsOf(entry, because));
    },
    retried(entry: Pending, because: string) {
      counts.retried += 1;
      log.warn('a mail will be sent again', fieldsOf(entry, because));
    },
  };
}

/** Goes on with an entry after a while, or as soon as its back-off is called off. */
function waitBefore(
  goOn: (entry: Pending) => void,
  entry: Pending,
  { timer, delayMs }: { readonly timer: Timer; readonly delayMs: number },
): void {
  const end = () => {
    entry.endBackOff = undefined;
    goOn(entry);
  };
  const cancel = timer(end, delayMs);
  entry.endBackOff = () => {
    cancel();
    end();
  };
}

/** Creates the work of attempting: in the order in which mails came, a few at once. */
function createAttempts(deliver: Deliver, onOutcome: (entry: Pending, outcome: DeliveryOutcome) => void) {
  const ready: Pending[] = [];
  let running = 0;

  async function attempt(entry: Pending): Promise<void> {
    entry.attempts += 1;
    const outcome = await deliver(entry.mail, entry.messageId);
    running -= 1;
    onOutcome(entry, outcome);
    work();
  }

  function work(): void {
    while (running < RUNNING_MAX) {
      const entry = ready.shift();
      if (entry === undefined) return;
      running += 1;
      void attempt(entry);
    }
  }

  return {
    add(entry: Pending): void {
      ready.push(entry);
      // In a turn of its own: who sends a mail pays for nothing.
      queueMicrotask(work);
    },
    clear(): void {
      ready.length = 0;
    },
  };
}
