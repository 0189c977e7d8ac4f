import { describe, expect, it } from 'vitest';
import type { AuditEvent, TimedAuditEvent } from '../../../../src/core/audit/audit-log.ts';
import type { AuditStore } from '../../../../src/core/audit/audit-store.ts';
import { createAuditTrail } from '../../../../src/core/audit/audit-trail.ts';
import { silentLog } from '../../../../src/lib/log.ts';
import { UnavailableError } from '../../../../src/lib/unavailable-error.ts';
import { auditEvent } from '../../../support/core/audit-events.ts';
import { createMemoryAuditStore } from '../../../support/memory-stores/memory-audit-store.ts';
import { createSteeredTimer, fire, settle } from '../../../support/time/steered-timer.ts';

const away = () => Promise.reject(new UnavailableError('database', 'away'));
const numbered = (number: number): AuditEvent => auditEvent({ details: { number } });

/** A trail whose store can be steered, whose timers the test fires, and whose log of unstored events it reads. */
function startTrail() {
  const store = createMemoryAuditStore();
  const { timer, timers } = createSteeredTimer();
  const unstored: { readonly because: unknown; readonly number: unknown }[] = [];
  const batches: number[] = [];
  const steer: { append: AuditStore['append'] } = { append: store.append };
  const trail = createAuditTrail({
    store: {
      append(events) {
        batches.push(events.length);
        return steer.append(events);
      },
    },
    clock: () => 5_000,
    timer,
    log: {
      ...silentLog,
      error(_message, fields) {
        if (fields?.event === undefined) return;
        const { number } = JSON.parse(String(fields.event)).details;
        unstored.push({ because: fields.because, number });
      },
    },
  });
  const stored = () => store.rows.map(({ details }) => details.number);
  return { trail, store, steer, timers, unstored, batches, stored };
}

describe('audit trail', () => {
  it('stores what is recorded, in order, at the time of the clock, a hundred at once', async () => {
    const { trail, store, batches, stored } = startTrail();
    for (let number = 0; number < 250; number += 1) trail.record(numbered(number));
    await trail.stop();
    expect(stored()).toEqual(Array.from({ length: 250 }, (_, number) => number));
    expect(batches).toEqual([100, 100, 50]);
    expect(trail.counts.stored()).toBe(250);
    expect(trail.counts.recorded()).toMatchObject([{ type: 'session.ended', count: 250 }]);
    expect(store.rows[0]?.at).toEqual(new Date(5_000));
    expect(store.rows[0]?.id).toMatch(/^evt_[0-9a-f]{32}$/);
  });

  it('returns from record before the store is asked', async () => {
    const { trail, batches } = startTrail();
    trail.record(numbered(1));
    expect(batches).toEqual([]);
    await trail.stop();
    expect(batches).toEqual([1]);
  });

  it('tries again after 100 ms, then twice as long up to 5 s, while the store is unavailable', async () => {
    const { trail, steer, store, timers, stored } = startTrail();
    steer.append = away;
    trail.record(numbered(1));
    await settle();
    const delays: number[] = [];
    for (let attempt = 0; attempt < 8; attempt += 1) delays.push(await fire(timers));
    expect(trail.counts.waiting()).toBe(1);
    expect(delays).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
    steer.append = store.append;
    await fire(timers);
    await trail.stop();
    expect(stored()).toEqual([1]);
  });

  it('stores an event once whose answer got lost', async () => {
    const { trail, steer, store, timers, stored } = startTrail();
    steer.append = (events) => store.append(events).then(away);
    trail.record(numbered(1));
    await expect.poll(() => timers).toHaveLength(1);
    steer.append = store.append;
    await fire(timers);
    await trail.stop();
    expect(stored()).toEqual([1]);
  });

  it('writes an event that the store refuses to the log in full and stores all others in order', async () => {
    const { trail, steer, store, unstored, stored } = startTrail();
    const isBad = ({ event }: TimedAuditEvent) => [3, 70, 149].includes(Number(event.details?.number));
    steer.append = (events) =>
      events.some(isBad) ? Promise.reject(new Error('refused')) : store.append(events);
    for (let number = 0; number < 150; number += 1) trail.record(numbered(number));
    await trail.stop();
    expect(unstored).toEqual([3, 70, 149].map((number) => ({ because: 'store_refused', number })));
    expect(trail.counts.unstored()).toEqual(new Map([['store_refused', 3]]));
    expect(trail.counts.stored()).toBe(147);
    expect(stored()).toEqual(
      Array.from({ length: 150 }, (_, number) => number).filter((number) => ![3, 70, 149].includes(number)),
    );
  });

  it('keeps ten thousand events at most and writes those beyond to the log in full', async () => {
    const { trail, steer, store, unstored, stored } = startTrail();
    steer.append = away;
    for (let number = 0; number < 10_001; number += 1) trail.record(numbered(number));
    expect(unstored).toEqual([{ because: 'queue_full', number: 10_000 }]);
    steer.append = store.append;
    await trail.stop();
    expect(stored()).toHaveLength(10_000);
  });

  it('tries once more at once when stopped during a back-off', async () => {
    const { trail, steer, store, timers, stored } = startTrail();
    steer.append = away;
    trail.record(numbered(1));
    await settle();
    steer.append = store.append;
    await trail.stop();
    expect(stored()).toEqual([1]);
    expect(timers).toEqual([]);
  });

  it('writes what is not stored five seconds after the stop to the log in full', async () => {
    const { trail, steer, timers, unstored, stored } = startTrail();
    steer.append = () => new Promise(() => {});
    trail.record(numbered(1));
    trail.record(numbered(2));
    await settle();
    const stopped = trail.stop();
    expect(await fire(timers)).toBe(5_000);
    await stopped;
    expect(unstored).toEqual([1, 2].map((number) => ({ because: 'stopped', number })));
    expect(stored()).toEqual([]);
  });

  it('writes what is recorded after the stop to the log in full', async () => {
    const { trail, unstored, batches } = startTrail();
    await trail.stop();
    trail.record(numbered(1));
    await settle();
    expect(unstored).toEqual([{ because: 'stopped', number: 1 }]);
    expect(batches).toEqual([]);
  });
});
