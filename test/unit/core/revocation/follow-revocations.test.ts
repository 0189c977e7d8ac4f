import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createFollowRevocations } from '../../../../src/core/revocation/follow-revocations.ts';
import type { RevocationLog } from '../../../../src/core/revocation/revocation-log.ts';
import { createId } from '../../../../src/identity/ids.ts';
import type { RevocationBatch } from '../../../../src/identity/revocation.ts';
import { silentLog } from '../../../../src/lib/log.ts';
import { createMemoryRevocationLog } from '../../../support/memory-stores/memory-revocation-log.ts';
import { createManualClock } from '../../../support/memory-stores/memory-stores.ts';
import { createSteeredTimer, fire, settle } from '../../../support/time/steered-timer.ts';

const newId = () => createId('session');

/** A log in memory with its followers; `over` replaces acts of the log. */
function startFollowing(over: (log: RevocationLog) => Partial<RevocationLog> = () => ({})) {
  const clock = createManualClock();
  const memory = createMemoryRevocationLog(clock.now);
  const read = (after: string | undefined) => memory.read(after);
  const revocationLog = { ...memory, read, ...over({ ...memory, read }) };
  const following = createFollowRevocations({ revocationLog, clock: clock.now, log: silentLog });
  const { timer, timers } = createSteeredTimer();
  return {
    ...following,
    memory,
    clock,
    timers,
    start: () => following.start(timer),
    append: (id = newId()) => {
      clock.advanceSeconds(1);
      memory.append('session', id);
      return id;
    },
  };
}

/** A follower that keeps what it hears. */
function createEar() {
  const batches: RevocationBatch[] = [];
  return {
    batches,
    take: (batch: RevocationBatch) => void batches.push(batch),
    heard: () => batches.flatMap(({ revocations }) => revocations.map(({ id }) => id)),
  };
}

describe('followers of the log', () => {
  it('hear what there is, then what is added as soon as it is, and a beat when there is nothing', async () => {
    const { follow, start, append, timers } = startFollowing();
    const [old, ear] = [append(), createEar()];
    start();
    await settle();
    follow(undefined, ear.take);
    await settle();
    expect(ear.heard()).toEqual([old]);
    const added = append();
    await settle();
    expect(ear.heard()).toEqual([old, added]);
    const { length } = ear.batches;
    expect(await fire(timers)).toBeLessThanOrEqual(1_000);
    expect(ear.batches.slice(length)).toEqual([{ revocations: [], cursor: '2' }]);
  });

  it('go on from their own cursor, and stop when they say so', async () => {
    const { follow, start, append, activity } = startFollowing();
    const [, second] = [append(), append()];
    start();
    await settle();
    const ear = createEar();
    const stop = follow('1', ear.take);
    await settle();
    expect(ear.heard()).toEqual([second]);
    expect(activity.followers()).toBe(1);
    stop();
    append();
    await settle();
    expect(ear.heard()).toEqual([second]);
    expect(activity.followers()).toBe(0);
  });

  it('hear what is added while they catch up, behind what they missed', async () => {
    const gates: PromiseWithResolvers<void>[] = [];
    let isSlow = false;
    const { follow, start, append } = startFollowing((log) => ({
      async read(after) {
        const batch = await log.read(after);
        if (after === '0' && isSlow) {
          isSlow = false;
          gates.push(Promise.withResolvers<void>());
          await gates[0]?.promise;
        }
        return batch;
      },
    }));
    start();
    await settle();
    const [missed, ear] = [append(), createEar()];
    await settle();
    isSlow = true;
    follow('0', ear.take);
    await settle();
    const added = append();
    await settle();
    expect(ear.batches).toEqual([]);
    gates[0]?.resolve();
    await settle();
    expect(ear.heard()).toEqual([missed, added]);
    expect(ear.batches.at(-1)?.cursor).toBe('2');
  });

  it('hear nothing, and no beat, while the log cannot be read, and then all that they missed', async () => {
    const { follow, start, append, memory, timers } = startFollowing();
    const [early, late] = [createEar(), createEar()];
    start();
    follow(undefined, early.take);
    await settle();
    const beats = early.batches.length;
    memory.isBroken = true;
    follow(undefined, late.take);
    const id = append();
    await settle();
    await fire(timers);
    expect([early.batches.length, late.batches.length]).toEqual([beats, 0]);
    memory.isBroken = false;
    await fire(timers);
    expect([early.heard(), late.heard()]).toEqual([[id], [id]]);
  });

  it('hear on when one of them throws', async () => {
    const { follow, start, append } = startFollowing();
    start();
    await settle();
    const ear = createEar();
    follow(undefined, () => {
      throw new Error('of the test');
    });
    follow(undefined, ear.take);
    const id = append();
    await settle();
    expect(ear.heard()).toEqual([id]);
  });
});

describe('the reader of the log', () => {
  it('does not tell each second what a read tells again, but does tell of another revocation of the same', async () => {
    // A transaction is held open: the cursor stays where it was.
    const { follow, start, append, timers, activity } = startFollowing((log) => ({
      read: async () => ({ ...(await log.read(undefined)), cursor: '0' }),
    }));
    const ear = createEar();
    start();
    await settle();
    follow(undefined, ear.take);
    await settle();
    const id = append();
    await settle();
    for (let round = 0; round < 3; round += 1) await fire(timers);
    expect(ear.heard()).toEqual([id]);
    append(id);
    await settle();
    await fire(timers);
    expect(ear.heard()).toEqual([id, id]);
    expect(activity.told()).toBe(2);
  });

  it('reads one time after the other, however much is appended, and tells all of it', async () => {
    const gate = Promise.withResolvers<void>();
    let [reading, mostReading] = [0, 0];
    const { follow, start, append, memory, timers } = startFollowing((log) => ({
      async read(after) {
        reading += 1;
        mostReading = Math.max(mostReading, reading);
        await gate.promise;
        reading -= 1;
        return log.read(after);
      },
    }));
    start();
    const ids = Array.from({ length: 50 }, () => append());
    await settle();
    expect(timers).toEqual([]);
    gate.resolve();
    await settle();
    expect(timers[0]?.delayMs).toBeLessThan(100);
    await fire(timers);
    expect([mostReading, memory.reads()]).toEqual([1, 2]);
    const ear = createEar();
    follow(undefined, ear.take);
    await settle();
    expect(ear.heard()).toEqual(ids);
  });

  it('has told of all that was appended once it has read when asked, also where a read was under way', async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const { follow, start, append, readNow, timers } = startFollowing((log) => ({
      async read(after) {
        const batch = await log.read(after);
        await gates.shift()?.promise;
        return batch;
      },
      onAppended: () => async () => {},
    }));
    const [first, second] = gates;
    const ear = createEar();
    start();
    follow('0', ear.take);
    await settle();
    const id = append();
    let isDone = false;
    const reading = readNow().then(() => {
      isDone = true;
    });
    second?.resolve();
    await settle();
    expect([isDone, ear.heard()]).toEqual([false, []]);
    first?.resolve();
    await reading;
    expect([ear.heard(), timers.length]).toEqual([[id], 1]);
  });

  it('keeps nobody waiting longer than a second when the log cannot be read', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { start, readNow } = startFollowing(() => ({
      read: () => new Promise(() => {}),
      onAppended: () => async () => {},
    }));
    start();
    let isDone = false;
    const reading = readNow().then(() => {
      isDone = true;
    });
    await vi.advanceTimersByTimeAsync(999);
    expect(isDone).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await reading;
  });

  it('reads nothing when asked before it is started and after it is stopped', async () => {
    const { start, readNow, memory } = startFollowing();
    await readNow();
    expect(memory.reads()).toBe(0);
    await start()();
    const reads = memory.reads();
    await readNow();
    expect(memory.reads()).toBe(reads);
  });

  it('reads everything again after a gap: the log may be another one', async () => {
    let gap = () => {};
    const afters: (string | undefined)[] = [];
    const { start, timers, append } = startFollowing((log) => ({
      read: (after) => {
        afters.push(after);
        return log.read(after);
      },
      onAppended: (listener) => {
        gap = () => listener('gap');
        return async () => {};
      },
    }));
    append();
    start();
    await settle();
    await fire(timers);
    gap();
    await settle();
    await fire(timers);
    expect(afters).toEqual([undefined, '1', undefined, '1']);
  });

  it('tells how long ago the log was read, and stops when it is told to', async () => {
    const { start, activity, clock, timers, append, memory } = startFollowing();
    expect(activity.readAgeSeconds()).toBeUndefined();
    const stop = start();
    await settle();
    clock.advanceSeconds(5);
    expect(activity.readAgeSeconds()).toBe(5);
    await fire(timers);
    expect(activity.readAgeSeconds()).toBe(0);
    await stop();
    const reads = memory.reads();
    append();
    await settle();
    expect([timers, memory.reads()]).toEqual([[], reads]);
  });
});
