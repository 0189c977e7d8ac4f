import { createClient } from 'redis';
import { afterAll, afterEach, beforeEach, describe, expect, vi } from 'vitest';
import { createRateCounters } from '../../src/adapters/node/limits/rate-counters.ts';
import { connectRedis } from '../../src/adapters/redis/redis-link.ts';
import { createRedisRates } from '../../src/adapters/redis/redis-rates.ts';
import type { RateCounters } from '../../src/core/limits/rate-counter.ts';
import { silentLog } from '../../src/lib/log.ts';
import { hasProgram } from '../support/programs/real-parts.ts';
import { startRedisServer } from '../support/servers/redis-server.ts';

/** Counters of one kind, with what a suite does to their world. */
export interface CountersUnderTest {
  /** Empty counters. */
  create(): Promise<RateCounters>;
  /** Lets time pass for everything that is counted. */
  advanceSeconds(seconds: number): Promise<void>;
  discard(): Promise<void>;
}

const counterKinds: readonly (readonly [string, () => Promise<CountersUnderTest>])[] = [
  ['memory', createMemory],
  ...(hasProgram('redis-server') ? [['redis', createRedis] as const] : []),
];

/** What a refusal looks like; real clocks go on while a test runs. */
export const limitedFor = (seconds: number) => ({
  kind: 'limited',
  retryAfterSeconds: expect.toSatisfy((left: number) => left > seconds - 20 && left <= seconds),
});

/** Runs a suite over each kind of counters. Each test gets empty ones. */
export function describeCounters(subject: string, suite: (counters: CountersUnderTest) => void): void {
  describe.each(counterKinds)(`${subject} (%s)`, async (_kind, createCounters) => {
    const counters = await createCounters();
    afterAll(() => counters.discard());
    suite(counters);
  });
}

async function createMemory(): Promise<CountersUnderTest> {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  return {
    create: async () => createRateCounters({ clock: Date.now }),
    advanceSeconds: async (seconds) => void vi.advanceTimersByTime(seconds * 1000),
    discard: async () => {},
  };
}

async function createRedis(): Promise<CountersUnderTest> {
  const server = await startRedisServer();
  const link = connectRedis({ url: server.url, log: silentLog, answerTimeoutMs: 10_000 });
  const admin = await createClient({ url: server.url }).connect();
  // Not inside of a test, where alone `expect.poll` may stand.
  await vi.waitFor(() => expect(link.isThere()).toBe(true), { timeout: 30_000 });
  afterEach(() => {
    expect(link.missed()).toBe(0);
  });
  let passedMs = 0;
  return {
    create: async () => {
      await admin.flushAll();
      const clock = () => Date.now() + passedMs;
      return createRateCounters({ clock, shared: createRedisRates(link) });
    },
    // The clock is the machine's: what is stored ends earlier instead.
    advanceSeconds: async (seconds) => {
      passedMs += seconds * 1000;
      for (const key of await admin.keys('*'))
        await admin.pExpire(key, (await admin.pTTL(key)) - seconds * 1000);
    },
    discard: async () => {
      link.close();
      admin.destroy();
      await server.stop();
    },
  };
}
