import { describe, expect, it } from 'vitest';
import { createSharedFlights } from '../../../../src/core/sessions/shared-flights.ts';

function createScene() {
  let nowMs = 0;
  const pauses: number[] = [];
  const share = createSharedFlights<number>({
    clock: () => nowMs,
    pause: async (ms) => {
      pauses.push(ms);
    },
  });
  let flown = 0;
  const work = async () => {
    flown += 1;
    return flown;
  };
  return { share, work, pauses, advanceMs: (ms: number) => (nowMs += ms) };
}

describe('shared flights', () => {
  it('give all who ask at once the answer of one flight, for each key its own', async () => {
    const { share, work, pauses } = createScene();
    const asked = ['a', 'a', 'b', 'a'].map((key) => share(key, work));
    expect(await Promise.all(asked)).toEqual([1, 1, 2, 1]);
    expect(pauses).toEqual([]);
  });

  it('gather for a moment before a flight that follows another within a second', async () => {
    const { share, work, pauses, advanceMs } = createScene();
    await share('a', work);
    advanceMs(999);
    expect(await Promise.all([share('a', work), share('a', work)])).toEqual([2, 2]);
    expect(pauses).toEqual([50]);
    advanceMs(1000);
    expect(await share('a', work)).toBe(3);
    expect(pauses).toEqual([50]);
  });

  it('tell all who wait of a failure, and begin anew after it', async () => {
    const { share, work } = createScene();
    const failure = new Error('down');
    const fail = () => Promise.reject(failure);
    const outcomes = await Promise.allSettled([share('a', fail), share('a', fail)]);
    expect(outcomes).toEqual([
      { status: 'rejected', reason: failure },
      { status: 'rejected', reason: failure },
    ]);
    expect(await share('a', work)).toBe(1);
  });
});
