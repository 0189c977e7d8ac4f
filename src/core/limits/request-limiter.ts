import { HOUR_SECONDS, MINUTE_SECONDS } from '../../lib/durations.ts';
import { sha256 } from '../../lib/sha256.ts';
import { networkOf } from './network-of.ts';
import type { Permission, RateCounters, RateLimit } from './rate-counter.ts';

/**
 * What is limited, and what its key is: registrations by client address, changes of a password by user id, and mails both by the client address
 * that asks for them and by the mailbox that gets them.
 */
export type RequestKind = 'register' | 'password_change' | 'mail_from' | 'mail_to';

/** Slows down what costs us or others something each time: hashes, rows, mails, and guesses at the password of a session that was left open. */
export interface RequestLimiter {
  /**
   * Asks before it is done, and counts it. Keys are folded: a client counts by its network, a mailbox without regard to case. Clients whose address
   * cannot be told count as one. Never throws.
   */
  admit(kind: RequestKind, key: string | undefined): Promise<Permission>;
}

/** The limits. */
export const REQUEST_LIMITS: Readonly<Record<RequestKind, RateLimit>> = {
  // A whole clinic may sit behind one address, on the day when all of it registers.
  register: { points: 60, durationSeconds: HOUR_SECONDS },
  password_change: { points: 10, durationSeconds: 15 * MINUTE_SECONDS },
  mail_from: { points: 30, durationSeconds: HOUR_SECONDS },
  // One that is lost and asked for again, several times over; no more, because a stranger may ask for it.
  mail_to: { points: 5, durationSeconds: HOUR_SECONDS },
};

const UNKNOWN_CLIENT = 'unknown';

/** Creates the limiter on the counters given. */
export function createRequestLimiter(
  counters: RateCounters,
  limits: Readonly<Record<RequestKind, RateLimit>> = REQUEST_LIMITS,
): RequestLimiter {
  const byKind = {
    register: counters.counter('register', limits.register),
    password_change: counters.counter('password_change', limits.password_change),
    mail_from: counters.counter('mail_from', limits.mail_from),
    mail_to: counters.counter('mail_to', limits.mail_to),
  };
  return {
    admit: async (kind, key) => byKind[kind].consume(await foldKey(kind, key ?? UNKNOWN_CLIENT)),
  };
}

async function foldKey(kind: RequestKind, key: string): Promise<string> {
  switch (kind) {
    case 'register':
    case 'mail_from':
      return networkOf(key);
    case 'password_change':
      return key;
    case 'mail_to':
      return (await sha256(key.normalize('NFKC').toLowerCase())).toBase64();
  }
}
