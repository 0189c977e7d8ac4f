import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { RateLimit } from '../../core/limits/rate-counter.ts';

/**
 * Creates a limiter in memory that holds at most so many keys, because the library's own holds as many as strangers make. The key that was counted the
 * longest ago is forgotten: one that is being hammered is not.
 */
export function createBoundedLimiter(limit: RateLimit, keysMax: number): RateLimiterMemory {
  const limiter = new RateLimiterMemory({ points: limit.points, duration: limit.durationSeconds });
  const [consume, reward] = [limiter.consume.bind(limiter), limiter.reward.bind(limiter)];
  // In the order of their last use; a key whose window is over stays until others push it out.
  const lastUsed = new Set<string | number>();
  const use = (key: string | number) => {
    lastUsed.delete(key);
    lastUsed.add(key);
    if (lastUsed.size <= keysMax) return;
    const [oldest] = lastUsed;
    if (oldest === undefined) return;
    lastUsed.delete(oldest);
    void limiter.delete(oldest);
  };
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
