import { createClient } from 'redis';
import { afterEach, describe, expect, it } from 'vitest';
import { createRateCounters } from '../../../src/adapters/node/limits/rate-counters.ts';
import { connectRedis, type RedisLink } from '../../../src/adapters/redis/redis-link.ts';
import { createRedisRates } from '../../../src/adapters/redis/redis-rates.ts';
import type { RateCounter } from '../../../src/core/limits/rate-counter.ts';
import type { Log } from '../../../src/lib/log.ts';
import { hasProgram } from '../../support/programs/real-parts.ts';
import { freePort } from '../../support/servers/loopback-server.ts';
import { type RedisServer, startRedisServer } from '../../support/servers/redis-server.ts';
import { openSeveredLink } from '../../support/servers/severed-link.ts';

const LIMIT = { points: 3, durationSeconds: 600 };

/** One of several processes that count on a Redis. */
interface CountingProcess {
  readonly link: RedisLink;
  readonly logged: string[];
  counter: RateCounter;
}

describe.skipIf(!hasProgram('redis-server'))('limits on Redis', () => {
  const toEnd: (() => unknown)[] = [];

  afterEach(async () => {
    for (const end of toEnd.splice(0).reverse()) await end();
  });

  async function startServer(): Promise<RedisServer> {
    const server = await startRedisServer();
    toEnd.push(() => server.stop());
    return server;
  }

  function startProcess(url: string, answerTimeoutMs = 10_000): CountingProcess {
    const logged: string[] = [];
    const link = connectRedis({ url, log: recordTo(logged), answerTimeoutMs });
    toEnd.push(() => link.close());
    const counters = createRateCounters({ clock: Date.now, shared: createRedisRates(link) });
    return { link, logged, counter: counters.counter('tries', LIMIT) };
  }

  it('counts what several processes do together', async () => {
    const { url } = await startServer();
    const processes = [startProcess(url), startProcess(url)];
    await Promise.all(processes.map(({ link }) => isUp(link)));
    const tried = processes.flatMap(({ counter }) => Array.from({ length: 20 }, () => counter.consume('a')));
    expect((await Promise.all(tried)).filter(({ kind }) => kind === 'allowed')).toHaveLength(3);
    expect(processes.map(({ link, logged }) => [link.missed(), logged])).toEqual([
      [0, []],
      [0, []],
    ]);
  });

  it('goes on counting in the process while Redis is gone, and on Redis when it is back; says both once', async () => {
    const server = await startServer();
    const { link, logged, counter } = startProcess(server.url);
    await isUp(link);
    expect(await allowed(counter, 'a', 2)).toBe(2);

    await server.stop();
    await expect.poll(link.isThere).toBe(false);
    expect(await allowed(counter, 'a', 20)).toBe(3);
    expect(link.missed()).toBe(20);
    expect(logged).toEqual([expect.stringContaining('redis is away')]);

    await server.start();
    await isUp(link);
    expect(await allowed(counter, 'b', 20)).toBe(3);
    expect(await startedElsewhere(server.url, 'b')).toBe(0);
    expect(link.missed()).toBe(20);
    expect(logged.slice(1)).toEqual(['redis is back']);
  });

  it('starts without Redis, says so, and uses it when it comes', async () => {
    const server = await startServer();
    await server.stop();
    const { link, logged, counter } = startProcess(server.url);
    expect(await allowed(counter, 'a', 20)).toBe(3);
    await expect
      .poll(() => logged)
      .toEqual(['redis is away: each process counts limits for itself ECONNREFUSED']);
    await server.start();
    await isUp(link);
    expect(await allowed(counter, 'a', 20)).toBe(3);
  });

  it('waits once for a Redis that hangs, asks nothing of it meanwhile, and uses it again when it answers', async () => {
    const server = await startServer();
    const way = await openSeveredLink('127.0.0.1', Number(new URL(server.url).port));
    toEnd.push(() => way.close());
    const { link, logged, counter } = startProcess(`redis://127.0.0.1:${way.port}`, 1_000);
    await isUp(link);
    way.freeze();
    expect(await allowed(counter, 'a', 20)).toBe(3);
    expect(link.isThere()).toBe(false);
    expect(link.missed()).toBe(20);
    way.thaw();
    await isUp(link);
    expect(logged).toEqual([
      'redis is away: each process counts limits for itself no answer in time',
      'redis is back',
    ]);
  });

  it('counts in the process what a Redis refuses, and says so once', async () => {
    const server = await startServer();
    const { link, logged, counter } = startProcess(server.url);
    await isUp(link);
    const admin = await createClient({ url: server.url }).connect();
    toEnd.push(() => admin.destroy());
    await admin.sendCommand(['REPLICAOF', '127.0.0.1', String(await freePort())]);
    expect(await allowed(counter, 'a', 20)).toBe(3);
    expect(logged).toEqual([expect.stringMatching(/^redis refuses to count: .* READONLY$/)]);
    expect(link.isThere()).toBe(true);
  });

  it('never logs the address, which may hold a password', async () => {
    const { url } = await startServer();
    const { logged } = startProcess(url.replace('//', '//someone:pass-word@'));
    await expect.poll(() => logged).toHaveLength(1);
    expect(logged[0]).toMatch(/^redis is away: .* WRONGPASS$/);
  });

  async function startedElsewhere(url: string, key: string): Promise<number> {
    const other = startProcess(url);
    await isUp(other.link);
    return allowed(other.counter, key, 1);
  }
});

async function isUp(link: RedisLink): Promise<void> {
  await expect.poll(link.isThere).toBe(true);
}

async function allowed(counter: RateCounter, key: string, times: number): Promise<number> {
  let count = 0;
  for (let index = 0; index < times; index += 1)
    if ((await counter.consume(key)).kind === 'allowed') count += 1;
  return count;
}

function recordTo(logged: string[]): Log {
  const write = (message: string, fields: object = {}) => {
    logged.push([message, ...Object.values(fields)].join(' '));
  };
  return { debug: write, info: write, warn: write, error: write };
}
