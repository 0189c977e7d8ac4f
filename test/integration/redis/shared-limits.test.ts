import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GUESS_LIMITS } from '../../../src/core/passwords/guess-limiter.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres/database.ts';
import { hasProgram } from '../../support/programs/real-parts.ts';
import { type RedisServer, startRedisServer } from '../../support/servers/redis-server.ts';
import { type ServerProcess, startWardgateProcess } from '../../support/wardgate/wardgate-process.ts';

const METRICS_TOKEN = 'metrics-token-0123456789';

describe.skipIf(!hasProgram('redis-server'))('two processes of Wardgate on one Redis', () => {
  let redis: RedisServer;
  let database: TestDatabase;
  let processes: readonly [ServerProcess, ServerProcess];

  beforeAll(async () => {
    [redis, database] = await Promise.all([startRedisServer(), createTestDatabase()]);
    const env = {
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      METRICS_TOKEN,
      WARDGATE_SECRET: 'a-secret-of-at-least-32-bytes-00000',
    };
    const first = await startWardgateProcess(env);
    processes = [first, await startWardgateProcess(env)];
  });
  afterAll(async () => {
    await Promise.all(processes.map((process) => process.stop()));
    await Promise.all([redis.stop(), database.drop()]);
  });

  async function guess({ port }: ServerProcess): Promise<number> {
    const { status } = await fetch(`http://127.0.0.1:${port}/v1/auth/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ login: 'nobody', password: 'a wrong guess of many' }),
    });
    return status;
  }

  async function metricsOf({ port }: ServerProcess): Promise<string> {
    const headers = { authorization: `Bearer ${METRICS_TOKEN}` };
    return (await fetch(`http://127.0.0.1:${port}/metrics`, { headers })).text();
  }

  it('count guesses together, and each for itself, with a word in its metrics, once Redis is gone', async () => {
    const [one, other] = processes;
    for (const each of processes) await expect.poll(() => metricsOf(each)).toContain('wardgate_redis_up 1\n');
    const guesses = Array.from({ length: GUESS_LIMITS.pair.points }, () => guess(one));
    expect(new Set(await Promise.all(guesses))).toEqual(new Set([401]));
    expect(await guess(other)).toBe(429);
    expect(await metricsOf(other)).toContain('wardgate_redis_missed_total 0\n');

    await redis.stop();
    await expect.poll(() => metricsOf(other)).toContain('wardgate_redis_up 0\n');
    expect(await guess(other)).toBe(401);
    expect(await metricsOf(other)).toMatch(/wardgate_redis_missed_total [1-9]/);
    await other.stop();
    expect(other.output().match(/redis is away/g)).toHaveLength(1);
  });
});
