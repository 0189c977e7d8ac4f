import { createRateCounters } from '../../adapters/node/limits/rate-counters.ts';
import type { RedisState } from '../../adapters/node/metrics/redis-metrics.ts';
import { connectRedis } from '../../adapters/redis/redis-link.ts';
import { createRedisRates } from '../../adapters/redis/redis-rates.ts';
import { createRequestLimiter, type RequestLimiter } from '../../core/limits/request-limiter.ts';
import { createGuessLimiter, type GuessLimiter } from '../../core/passwords/guess-limiter.ts';
import type { Log } from '../../lib/log.ts';

/** The limits of the core. */
export interface WiredLimits {
  readonly guesses: GuessLimiter;
  readonly requests: RequestLimiter;
  /** There where `REDIS_URL` is. */
  readonly redis: RedisState | undefined;
  stop(): void;
}

/** Wires the limits, on Redis where there is one. Does NOT wait for it: a start without it goes on, and it is used when it comes. */
export function wireLimits(redisUrl: string | undefined, log: Log): WiredLimits {
  const redis = redisUrl === undefined ? undefined : connectRedis({ url: redisUrl, log });
  const counters = createRateCounters({ clock: Date.now, shared: redis && createRedisRates(redis) });
  return {
    guesses: createGuessLimiter(counters),
    requests: createRequestLimiter(counters),
    redis,
    stop: () => redis?.close(),
  };
}
