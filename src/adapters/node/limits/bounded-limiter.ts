import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { RateLimit } from '../../../core/limits/rate-counter.ts';
import { createRecentKeys } from './recent-keys.ts';

/**
 * Creates a limiter in memory that holds at most so many keys, because the library's own holds as many as strangers make. The key that was counted the
 * longest ago is forgotten: one that is being hammered is not. A key whose window is over takes its place until others push it out.
 */
export function createBoundedLimiter(limit: RateLimit, keysMax: number): RateLimiterMemory {
  const limiter = new RateLimiterMemory({ points: limit.points, duration: limit.durationSeconds });
  const [consume, reward] = [limiter.consume.bind(limiter), limiter.reward.bind(limiter)];
  const use = createRecentKeys(keysMax, (key) => void limiter.delete(key));
  limiter.consume = (key, ...rest) => {
    use(key);
    return consume(key, ...rest);
  };
  limiter.reward = (key, ...rest) => {
    use(key);
    return reward(key, ...rest);
  };
  return limiter;
}
