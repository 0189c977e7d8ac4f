import { afterAll, afterEach, beforeEach, describe, vi } from 'vitest';
import { createMemoryRateCounters } from '../../src/adapters/node/rate-counters-memory.ts';
import type { RateCounters } from '../../src/core/limits/rate-counter.ts';

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
];

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
    create: async () => createMemoryRateCounters({ clock: Date.now }),
    advanceSeconds: async (seconds) => void vi.advanceTimersByTime(seconds * 1000),
    discard: async () => {},
  };
}
