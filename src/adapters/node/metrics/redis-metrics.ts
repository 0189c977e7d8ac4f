import { Counter, Gauge, type Registry } from 'prom-client';

/** What the metrics tell of Redis. */
export interface RedisState {
  /** Whether Redis answered last. */
  isThere(): boolean;
  /** How many questions got no answer from Redis since the start. */
  missed(): number;
}

/** Registers `wardgate_redis_up` and `wardgate_redis_missed_total`: what was counted in this process because Redis could not be asked. */
export function registerRedisMetrics(registry: Registry, redis: RedisState): void {
  new Gauge({
    name: 'wardgate_redis_up',
    help: 'Whether Redis answers (1) or limits are counted by each process for itself (0)',
    registers: [registry],
    collect() {
      this.set(redis.isThere() ? 1 : 0);
    },
  });
  new Counter({
    name: 'wardgate_redis_missed_total',
    help: 'Questions that Redis did not answer, so that this process answered them by itself',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(redis.missed());
    },
  });
}
