import { type RateLimiterAbstract, RateLimiterRedis } from 'rate-limiter-flexible';
import type { RateLimit, RateMarks } from '../../core/limits/rate-counter.ts';
import type { RedisLink } from './redis-link.ts';

const KEY_PREFIX = 'wardgate:limit';

/** Limiters and marks that all processes on one Redis share. Each falls back on its insurance, which belongs to this process, while Redis is away. */
export interface RedisRates {
  limiter(name: string, limit: RateLimit, insurance: RateLimiterAbstract): RateLimiterAbstract;
  marks(name: string, lifetimeSeconds: number, insurance: RateMarks): RateMarks;
}

/** Creates limiters and marks on a Redis. Counting is one script there, so that counts made at the same moment are told apart. */
export function createRedisRates(link: RedisLink): RedisRates {
  return {
    limiter: (name, limit, insurance) =>
      new RateLimiterRedis({
        storeClient: createStoreClient(link),
        useRedisPackage: true,
        keyPrefix: `${KEY_PREFIX}:${name}`,
        points: limit.points,
        duration: limit.durationSeconds,
        insuranceLimiter: insurance,
      }),
    marks: (name, lifetimeSeconds, insurance) => createRedisMarks({ link, name, lifetimeSeconds, insurance }),
  };
}

/** The part of a client that the library calls, through the link: it neither waits nor queues. */
function createStoreClient(link: RedisLink): {
  eval(script: string, values: { keys: string[]; arguments: string[] }): Promise<unknown>;
  del(key: string): Promise<number>;
} {
  return {
    eval: (script, values) => link.ask((client) => client.eval(script, values)),
    del: (key) => link.ask((client) => client.del(key)),
  };
}

function createRedisMarks(options: {
  readonly link: RedisLink;
  readonly name: string;
  readonly lifetimeSeconds: number;
  readonly insurance: RateMarks;
}): RateMarks {
  const { link, lifetimeSeconds, insurance } = options;
  const keyOf = (key: string) => `${KEY_PREFIX}:${options.name}:${key}`;
  return {
    async has(key) {
      if (await insurance.has(key)) return true;
      return link.ask((client) => client.exists(keyOf(key))).then(Boolean, () => false);
    },
    async add(key) {
      const marking = link.ask((client) => client.set(keyOf(key), '1', { EX: lifetimeSeconds }));
      await Promise.all([insurance.add(key), marking.catch(() => undefined)]);
    },
  };
}
