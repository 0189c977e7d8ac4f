import { DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS } from '../../lib/durations.ts';
import { sha256 } from '../../lib/sha256.ts';
import { networkOf } from '../limits/network-of.ts';
import type { Permission, RateCounter, RateCounters, RateLimit } from '../limits/rate-counter.ts';

/** One attempt at a password: whose it claims to be, and where it comes from. */
export interface Guess {
  /** The login as it was typed, lower-cased and in NFKC; also of accounts that do not exist. */
  readonly login: string;
  readonly clientAddress: string | undefined;
}

/**
 * Slows guessing down. Counts per account and address together, per address, and per account; a stranger who fills the count of an account must not
 * lock out its owner, who comes from an address where log-ins succeeded before. Never throws.
 */
export interface GuessLimiter {
  /** Asks before the password is checked, and counts the attempt. */
  admit(guess: Guess): Promise<Permission>;
  /** Tells that the guess was right: it is taken back, the count of account and address starts anew, and the address is known for that account. */
  succeeded(guess: Guess): Promise<void>;
}

/** The limits of guessing: on one account from one address, from one address, and on one account from addresses that are strange to it. */
export interface GuessLimits {
  readonly pair: RateLimit;
  readonly address: RateLimit;
  readonly account: RateLimit;
}

/** Below the hundred wrong guesses in a row that NIST SP 800-63B-4, section 3.2.2, allows. */
export const GUESS_LIMITS: GuessLimits = {
  // More than anybody mistypes, and enough for several programs of one user that log in at the same moment.
  pair: { points: 20, durationSeconds: 15 * MINUTE_SECONDS },
  // A whole clinic may sit behind one address.
  address: { points: 100, durationSeconds: 15 * MINUTE_SECONDS },
  account: { points: 50, durationSeconds: HOUR_SECONDS },
};

const KNOWN_SECONDS = 90 * DAY_SECONDS;

/**
 * Creates a guess limiter on the counters given. An IPv6 client counts by its /64, which one subscriber has whole. A guess that is refused is not
 * counted, and one that was right is taken back; a client whose address cannot be told is counted by the account alone.
 */
export function createGuessLimiter(counters: RateCounters, limits: GuessLimits = GUESS_LIMITS): GuessLimiter {
  const byPair = counters.counter('guess_pair', limits.pair);
  const byAddress = counters.counter('guess_address', limits.address);
  const byAccount = counters.counter('guess_account', limits.account);
  const known = counters.marks('known_pair', KNOWN_SECONDS);

  /** The counters that a guess counts at. The address comes first, so that one at its limit makes no further counters. */
  async function countersOf({ accountKey, network, pairKey }: GuessKeys): Promise<[RateCounter, string][]> {
    if (network === undefined || pairKey === undefined) return [[byAccount, accountKey]];
    const counted: [RateCounter, string][] = [
      [byAddress, network],
      [byPair, pairKey],
    ];
    return (await known.has(pairKey)) ? counted : [...counted, [byAccount, accountKey]];
  }

  return {
    async admit(guess) {
      const counted: [RateCounter, string][] = [];
      for (const [counter, key] of await countersOf(await keysOf(guess))) {
        counted.push([counter, key]);
        const permission = await counter.consume(key);
        if (permission.kind === 'allowed') continue;
        await Promise.all(counted.map(([each, eachKey]) => each.giveBack(eachKey)));
        return permission;
      }
      return { kind: 'allowed' };
    },

    async succeeded(guess) {
      const keys = await keysOf(guess);
      await Promise.all((await countersOf(keys)).map(([counter, key]) => counter.giveBack(key)));
      if (keys.pairKey === undefined) return;
      await Promise.all([byPair.forget(keys.pairKey), known.add(keys.pairKey)]);
    },
  };
}

interface GuessKeys {
  readonly accountKey: string;
  readonly network: string | undefined;
  readonly pairKey: string | undefined;
}

async function keysOf({ login, clientAddress }: Guess): Promise<GuessKeys> {
  // Of one length, whatever was typed.
  const accountKey = (await sha256(login)).toBase64();
  const network = clientAddress === undefined ? undefined : networkOf(clientAddress);
  return { accountKey, network, pairKey: network === undefined ? undefined : `${accountKey} ${network}` };
}
