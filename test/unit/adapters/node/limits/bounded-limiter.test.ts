import { describe, expect, it } from 'vitest';
import { createBoundedLimiter } from '../../../../../src/adapters/node/limits/bounded-limiter.ts';

const LIMIT = { points: 3, durationSeconds: 60 };

describe('createBoundedLimiter', () => {
  it('holds no more keys than it may, of which it keeps those that were counted last', async () => {
    const limiter = createBoundedLimiter(LIMIT, 100);
    for (let index = 0; index < 1000; index += 1) await limiter.consume(`stranger-${index}`);
    const keys = limiter.dump().storage.map(({ key }) => key);
    expect(keys).toEqual(Array.from({ length: 100 }, (_, index) => `stranger-${900 + index}`));
  });

  it('does not forget a key that is counted all the while, however many strangers come', async () => {
    const limiter = createBoundedLimiter(LIMIT, 100);
    for (let index = 0; index < 3; index += 1) await limiter.consume('hammered');
    for (let index = 0; index < 1000; index += 1) {
      await limiter.consume(`stranger-${index}`);
      if (index % 50 === 0)
        await expect(limiter.consume('hammered')).rejects.toMatchObject({ remainingPoints: 0 });
    }
  });

  it('holds no more keys than it may when counts are taken back', async () => {
    const limiter = createBoundedLimiter(LIMIT, 2);
    for (const key of ['a', 'b', 'c']) await limiter.reward(key);
    expect(limiter.dump().storage).toHaveLength(2);
  });
});
