import { createHash } from 'node:crypto';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Guess, GuessLimiter } from '../../core/passwords/guess-limiter.ts';
import { type Clock, DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS } from '../../lib/durations.ts';
import { networkOf } from './network-of.ts';

/** How many wrong guesses in how many seconds. */
export interface GuessLimit {
  readonly points: number;
  readonly duration: number;
}

/** The limits of guessing: on one account from one address, from one address, and on one account from addresses that are strange to it. */
export interface GuessLimits {
  readonly pair: GuessLimit;
  readonly address: GuessLimit;
  readonly account: GuessLimit;
}

/** Below the hundred wrong guesses in a row that NIST SP 800-63B-4, section 3.2.2, allows. */
export const GUESS_LIMITS: GuessLimits = {
  // More than anybody mistypes, and enough for several programs of one user that log in at the same moment.
  pair: { points: 20, duration: 15 * MINUTE_SECONDS },
  // A whole clinic may sit behind one address.
  address: { points: 100, duration: 15 * MINUTE_SECONDS },
  account: { points: 50, duration: HOUR_SECONDS },
};

const KNOWN_SECONDS = 90 * DAY_SECONDS;
const KNOWN_MAX = 100_000;

/**
 * Creates a guess limiter on counters of this process. An IPv6 client counts by its /64, which one subscriber has whole. A guess that is refused is not
 * counted, and one that was right is taken back; a client whose address cannot be told is counted by the account alone. Does NOT share its counts with
 * other processes, and forgets them at the end.
 */
export function createMemoryGuessLimiter(options: {
  readonly clock: Clock;
  readonly limits?: GuessLimits;
}): GuessLimiter {
  const { pair, address, account } = options.limits ?? GUESS_LIMITS;
  const byPair = new RateLimiterMemory(pair);
  const byAddress = new RateLimiterMemory(address);
  const byAccount = new RateLimiterMemory(account);
  const known = createKnownPairs(options.clock);

  /** The counters that a guess counts at. The address comes first, so that one at its limit makes no further counters. */
  function countersOf(guess: Guess): [RateLimiterMemory, string][] {
    const { accountKey, network, pairKey } = keysOf(guess);
    if (network === undefined || pairKey === undefined) return [[byAccount, accountKey]];
    const counters: [RateLimiterMemory, string][] = [
      [byAddress, network],
      [byPair, pairKey],
    ];
    return known.has(pairKey) ? counters : [...counters, [byAccount, accountKey]];
  }

  return {
    async admit(guess) {
      const counted: [RateLimiterMemory, string][] = [];
      for (const [counter, key] of countersOf(guess)) {
        counted.push([counter, key]);
        const waitMs = await consume(counter, key);
        if (waitMs === undefined) continue;
        await Promise.all(counted.map(([each, eachKey]) => each.reward(eachKey)));
        return { kind: 'limited', retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) };
      }
      return { kind: 'allowed' };
    },

    async succeeded(guess) {
      const { pairKey } = keysOf(guess);
      await Promise.all(countersOf(guess).map(([counter, key]) => counter.reward(key)));
      if (pairKey === undefined) return;
      await byPair.delete(pairKey);
      known.add(pairKey);
    },
  };
}

function keysOf({ login, clientAddress }: Guess): {
  accountKey: string;
  network: string | undefined;
  pairKey: string | undefined;
} {
  // Of one length, whatever was typed.
  const accountKey = createHash('sha256').update(login).digest('base64');
  const network = clientAddress === undefined ? undefined : networkOf(clientAddress);
  return { accountKey, network, pairKey: network === undefined ? undefined : `${accountKey} ${network}` };
}

/** Counts one; answers how long to wait where that is one too many. */
async function consume(counter: RateLimiterMemory, key: string): Promise<number | undefined> {
  try {
    await counter.consume(key);
    return undefined;
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return refusal.msBeforeNext;
    throw refusal;
  }
}

/** Accounts with the addresses that they logged in from; the oldest go first when there are too many. */
function createKnownPairs(clock: Clock): { has(key: string): boolean; add(key: string): void } {
  const untilMs = new Map<string, number>();
  return {
    has: (key) => (untilMs.get(key) ?? 0) > clock(),
    add(key) {
      untilMs.delete(key);
      untilMs.set(key, clock() + KNOWN_SECONDS * 1000);
      const [oldest] = untilMs.keys();
      if (untilMs.size > KNOWN_MAX && oldest !== undefined) untilMs.delete(oldest);
    },
  };
}
