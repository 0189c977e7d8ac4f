import { beforeEach, expect, it } from 'vitest';
import type { RateCounter, RateCounters } from '../../src/core/limits/rate-counter.ts';
import { describeCounters, limitedFor } from './counters-under-test.ts';

const LIMIT = { points: 3, durationSeconds: 60 };

async function allowedOf(counter: RateCounter, key: string, times: number): Promise<number> {
  const all = await Promise.all(Array.from({ length: times }, () => counter.consume(key)));
  return all.filter(({ kind }) => kind === 'allowed').length;
}

describeCounters('RateCounters', (underTest) => {
  let counters: RateCounters;
  let counter: RateCounter;

  beforeEach(async () => {
    counters = await underTest.create();
    counter = counters.counter('tries', LIMIT);
  });

  it('allows as many as the limit says, of those that come at the same moment too', async () => {
    expect(await allowedOf(counter, 'a', 20)).toBe(3);
    expect(await allowedOf(counter, 'b', 20)).toBe(3);
  });

  it('says how long to wait, and begins anew when the window is over', async () => {
    await allowedOf(counter, 'a', 3);
    expect(await counter.consume('a')).toEqual(limitedFor(60));
    await underTest.advanceSeconds(20);
    expect(await counter.consume('a')).toEqual(limitedFor(40));
    await underTest.advanceSeconds(41);
    expect(await allowedOf(counter, 'a', 20)).toBe(3);
  });

  it('counts one again that was given back', async () => {
    await allowedOf(counter, 'a', 3);
    await counter.giveBack('a');
    expect(await allowedOf(counter, 'a', 20)).toBe(1);
  });

  it('starts a key that is forgotten anew, and no other', async () => {
    await allowedOf(counter, 'a', 3);
    await allowedOf(counter, 'b', 3);
    await counter.forget('a');
    expect(await allowedOf(counter, 'a', 20)).toBe(3);
    expect(await allowedOf(counter, 'b', 20)).toBe(0);
  });

  it('counts apart what has different names', async () => {
    await allowedOf(counter, 'a', 3);
    expect(await allowedOf(counters.counter('others', LIMIT), 'a', 20)).toBe(3);
  });

  it('knows the keys that were marked, until their time is over', async () => {
    const marks = counters.marks('known', 100);
    expect(await marks.has('a')).toBe(false);
    await marks.add('a');
    expect(await marks.has('a')).toBe(true);
    expect(await marks.has('b')).toBe(false);
    await underTest.advanceSeconds(60);
    await marks.add('a');
    await underTest.advanceSeconds(60);
    expect(await marks.has('a')).toBe(true);
    await underTest.advanceSeconds(41);
    expect(await marks.has('a')).toBe(false);
  });
});
