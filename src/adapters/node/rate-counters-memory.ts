import { RateLimiterRes } from 'rate-limiter-flexible';
import type { Permission, RateCounters, RateMarks } from '../../core/limits/rate-counter.ts';
import type { Clock } from '../../lib/durations.ts';
import { createBoundedLimiter } from './bounded-limiter.ts';

/** How many keys a counter holds. With its timer a key takes about half a kilobyte. */
const KEYS_MAX = 50_000;

/** Creates counters of this process. Does NOT share its counts with other processes, and forgets them at the end. */
export function createMemoryRateCounters(options: {
  readonly clock: Clock;
  readonly keysMax?: number;
}): RateCounters {
  const { clock, keysMax = KEYS_MAX } = options;
  return {
    counter(_name, limit) {
      const limiter = createBoundedLimiter(limit, keysMax);
      return {
        consume: async (key) => permissionOf(limiter.consume(key)),
        giveBack: async (key) => void (await limiter.reward(key)),
        forget: async (key) => void (await limiter.delete(key)),
      };
    },
    marks: (_name, lifetimeSeconds) => createMemoryMarks({ clock, keysMax, lifetimeSeconds }),
  };
}

/** What the library's answer permits: it refuses by throwing. */
async function permissionOf(consumed: Promise<unknown>): Promise<Permission> {
  try {
    await consumed;
    return { kind: 'allowed' };
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    return { kind: 'limited', retryAfterSeconds: Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)) };
  }
}

function createMemoryMarks(options: {
  readonly clock: Clock;
  readonly keysMax: number;
  readonly lifetimeSeconds: number;
}): RateMarks {
  const { clock, keysMax, lifetimeSeconds } = options;
  const untilMs = new Map<string, number>();
  return {
    has: async (key) => (untilMs.get(key) ?? 0) > clock(),
    async add(key) {
      untilMs.delete(key);
      untilMs.set(key, clock() + lifetimeSeconds * 1000);
      const [oldest] = untilMs.keys();
      if (untilMs.size > keysMax && oldest !== undefined) untilMs.delete(oldest);
    },
  };
}
