import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { registerRedisMetrics } from '../../../../../src/adapters/node/metrics/redis-metrics.ts';

describe('registerRedisMetrics', () => {
  it('tells at each scrape whether Redis is there and how often it was missed so far', async () => {
    const registry = new Registry();
    let missed = 0;
    registerRedisMetrics(registry, { isThere: () => missed === 0, missed: () => missed });
    const first = await registry.metrics();
    expect(first).toContain('wardgate_redis_up 1\n');
    expect(first).toContain('wardgate_redis_missed_total 0\n');
    missed = 7;
    for (let scrape = 0; scrape < 2; scrape += 1) {
      const later = await registry.metrics();
      expect(later).toContain('wardgate_redis_up 0\n');
      expect(later).toContain('wardgate_redis_missed_total 7\n');
    }
  });
});
