import { describe, expect, it } from 'vitest';
import {
  EXPIRED_ROW_KINDS,
  type ExpiredRowKind,
  type ExpiredRows,
} from '../../../../src/core/retention/expired-rows.ts';
import { startCleaning } from '../../../../src/core/retention/start-cleaning.ts';
import { MINUTE_SECONDS } from '../../../../src/lib/durations.ts';
import { type Log, silentLog } from '../../../../src/lib/log.ts';
import { UnavailableError } from '../../../../src/lib/unavailable-error.ts';
import { createManualClock } from '../../../support/memory-stores/memory-stores.ts';
import { createManualTimer } from '../../../support/time/manual-timer.ts';

const ROUND_SECONDS = 5 * MINUTE_SECONDS;

/** Cleaning with so many expired sessions, and the calls that it makes. */
function clean(sessions: number, { log = silentLog, random = 0 }: { log?: Log; random?: number } = {}) {
  const timer = createManualTimer(createManualClock());
  const calls: { kind: ExpiredRowKind; limit: number }[] = [];
  const left: Partial<Record<ExpiredRowKind, number>> = { ended_sessions: sessions };
  const state: { isAway: boolean; gate: Promise<void> | undefined } = { isAway: false, gate: undefined };
  const rows: ExpiredRows = {
    async remove(kind, { limit }) {
      calls.push({ kind, limit });
      await state.gate;
      if (state.isAway) throw new UnavailableError('database', 'away');
      const removed = Math.min(limit, left[kind] ?? 0);
      left[kind] = (left[kind] ?? 0) - removed;
      return removed;
    },
  };
  const options = { rows, sessionRetentionSeconds: 1, timer: timer.timer, random: () => random, log };
  return { timer, calls, left, state, stop: startCleaning(options) };
}

describe('the cleaning of expired rows', () => {
  it('removes each kind in small batches, and no more in a round than is bounded', async () => {
    const { timer, calls, left } = clean(25_000);
    await timer.advanceSeconds(ROUND_SECONDS);
    expect(calls.every(({ limit }) => limit === 500)).toBe(true);
    expect(left.ended_sessions).toBe(15_000);
    expect(new Set(calls.map(({ kind }) => kind))).toEqual(new Set(EXPIRED_ROW_KINDS));
    await timer.advanceSeconds(2 * ROUND_SECONDS);
    expect(left.ended_sessions).toBe(0);
  });

  it('comes later by chance, so that processes spread', async () => {
    const { timer, calls } = clean(1, { random: 1 });
    await timer.advanceSeconds(ROUND_SECONDS + 2 * MINUTE_SECONDS);
    expect(calls).toEqual([]);
    await timer.advanceSeconds(MINUTE_SECONDS);
    expect(calls).not.toEqual([]);
  });

  it('logs a round that failed, and tries again', async () => {
    const warned: string[] = [];
    const { timer, left, state } = clean(10, {
      log: { ...silentLog, warn: (text) => void warned.push(text) },
    });
    state.isAway = true;
    await timer.advanceSeconds(ROUND_SECONDS);
    expect(warned).toEqual(['a round of work could not be done']);
    state.isAway = false;
    await timer.advanceSeconds(ROUND_SECONDS);
    expect(left.ended_sessions).toBe(0);
  });

  it('stops between two batches', async () => {
    const { timer, calls, state, stop } = clean(25_000);
    const gate = Promise.withResolvers<void>();
    state.gate = gate.promise;
    const round = timer.advanceSeconds(ROUND_SECONDS);
    while (calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const stopped = stop();
    gate.resolve();
    await stopped;
    expect(calls).toHaveLength(1);
    expect(timer.waiting()).toBe(0);
    void round;
  });
});
