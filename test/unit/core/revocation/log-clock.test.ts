import { expect, it } from 'vitest';
import { createLogClock } from '../../../../src/core/revocation/log-clock.ts';
import { silentLog } from '../../../../src/lib/log.ts';

/** What the clock says after a read that began at ten seconds and took so long, and in which the log said so. */
async function nowAfterRead({ tookMs, readAtMs }: { tookMs: number; readAtMs: number }): Promise<number> {
  let now = 10_000;
  const read = async () => {
    now += tookMs;
    return { revocations: [], cursor: '0', readAtMs };
  };
  const logClock = createLogClock({ revocationLog: { read }, clock: () => now, log: silentLog });
  await logClock.read(undefined);
  return logClock.now();
}

it.each([
  ['is the log’s where ours is ahead', { tookMs: 0, readAtMs: 4_000 }, 4_000],
  ['is ours where that is behind', { tookMs: 0, readAtMs: 90_000 }, 10_000],
  ['is ours where they differ by no more than a read takes', { tookMs: 100, readAtMs: 10_000 }, 10_100],
  ['is ours after a read that took too long to tell', { tookMs: 5_000, readAtMs: 10_000 }, 15_000],
  ['is ours after one in which it was set back', { tookMs: -1, readAtMs: 1_000 }, 9_999],
])('the time of issue %s', async (_, read, expected) => {
  expect(await nowAfterRead(read)).toBe(expected);
});

it('the time of issue is ours until the log was read, and goes on with ours then', async () => {
  let now = 60_000;
  const read = async () => ({ revocations: [], cursor: '0', readAtMs: 0 });
  const logClock = createLogClock({ revocationLog: { read }, clock: () => now, log: silentLog });
  expect(logClock.now()).toBe(60_000);
  await logClock.read(undefined);
  now += 5_000;
  expect(logClock.now()).toBe(5_000);
});

it('is logged when the clocks come to differ by two seconds, either way, and when they agree again', async () => {
  const told: unknown[] = [];
  let readAtMs = 0;
  const logClock = createLogClock({
    revocationLog: { read: async () => ({ revocations: [], cursor: '0', readAtMs }) },
    clock: () => 10_000,
    log: {
      ...silentLog,
      warn: (_, fields) => void told.push(fields),
      info: () => void told.push('agree'),
    },
  });
  for (readAtMs of [8_000, 7_999, 6_000, 10_000, 12_000, 12_001]) await logClock.read(undefined);
  expect(told).toEqual([{ ahead_seconds: 2.001 }, 'agree', { ahead_seconds: -2.001 }]);
});
