import { describe, expect, it } from 'vitest';
import { createDeadlines } from '../../../../../src/adapters/node/server/deadlines.ts';
import { createSteeredTimer } from '../../../../support/time/steered-timer.ts';

const WITHIN_MS = 1000;

function scene() {
  let nowMs = 0;
  const { timer, timers } = createSteeredTimer();
  const expired: string[] = [];
  const deadlines = createDeadlines<string>(WITHIN_MS, { clock: () => nowMs, timer }, (item) =>
    expired.push(item),
  );
  return {
    deadlines,
    expired,
    timers,
    /** Moves the clock, then lets the one call run that waits. */
    fireAt(ms: number) {
      nowMs = ms;
      for (const { call } of timers.splice(0)) call();
    },
    moveTo(ms: number) {
      nowMs = ms;
    },
  };
}

describe('createDeadlines', () => {
  it('expires each item after its own time, by one timer for all', () => {
    const { deadlines, expired, timers, fireAt, moveTo } = scene();
    deadlines.add('first');
    moveTo(400);
    deadlines.add('second');
    expect(timers.map(({ delayMs }) => delayMs)).toEqual([WITHIN_MS]);
    fireAt(1000);
    expect(expired).toEqual(['first']);
    expect(timers.map(({ delayMs }) => delayMs)).toEqual([400]);
    fireAt(1400);
    expect([expired, timers.length]).toEqual([['first', 'second'], 0]);
  });

  it('does not expire what was removed, and waits for nothing then', () => {
    const { deadlines, expired, timers, fireAt } = scene();
    deadlines.add('done');
    deadlines.remove('done');
    fireAt(1000);
    expect([expired, timers.length]).toEqual([[], 0]);
  });

  it('waits again for what comes after it had nothing to wait for', () => {
    const { deadlines, expired, fireAt } = scene();
    deadlines.add('first');
    fireAt(1000);
    deadlines.add('second');
    fireAt(2000);
    expect(expired).toEqual(['first', 'second']);
  });

  it('waits on where its timer fires too early', () => {
    const { deadlines, expired, timers, fireAt } = scene();
    deadlines.add('item');
    fireAt(999);
    expect([expired, timers.map(({ delayMs }) => delayMs)]).toEqual([[], [1]]);
  });
});
