import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import type { Permission, RateCounters, RateLimit, RateMarks } from '../../../core/limits/rate-counter.ts';
import type { Clock } from '../../../lib/durations.ts';
import { createBoundedLimiter } from './bounded-limiter.ts';
import { createRecentKeys } from './recent-keys.ts';

// A key takes about 600 bytes with its timer: some 85 MB if strangers fill all counters.
const KEYS_MAX = 20_000;
// Only log-ins that succeed make marks, of about 200 bytes, and they are to last.
const MARKS_MAX = 100_000;

/** What several processes count together. Each takes the counters of its own process as the insurance for when the others cannot be reached. */
export interface SharedRates {
  limiter(name: string, limit: RateLimit, insurance: RateLimiterAbstract): RateLimiterAbstract;
  marks(name: string, lifetimeSeconds: number, insurance: RateMarks): RateMarks;
}

/** Creates counters of this process, or, with `shared`, of several. Those of this process are forgotten at its end. */
export function createRateCounters(options: {
  readonly clock: Clock;
  readonly shared?: SharedRates | undefined;
}): RateCounters {
  const { clock, shared } = options;
  return {
    counter(name, limit) {
      const own = createBoundedLimiter(limit, KEYS_MAX);
      const limiter = shared?.limiter(name, limit, own) ?? own;
      return {
        consume: async (key) => permissionOf(limiter.consume(key)),
        giveBack: async (key) => void (await limiter.reward(key)),
        forget: async (key) => void (await limiter.delete(key)),
      };
    },
    marks(name, lifetimeSeconds) {
      const own = createMemoryMarks(clock, lifetimeSeconds);
      return shared?.marks(name, lifetimeSeconds, own) ?? own;
    },
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

function createMemoryMarks(clock: Clock, lifetimeSeconds: number): RateMarks {
  const untilMs = new Map<string | number, number>();
  const use = createRecentKeys(MARKS_MAX, (key) => untilMs.delete(key));
  return {
    has: async (key) => (untilMs.get(key) ?? 0) > clock(),
    async add(key) {
      use(key);
      untilMs.set(key, clock() + lifetimeSeconds * 1000);
    },
  };
}
