import { describe, expect, it } from 'vitest';
import { createRevocationPolling } from '../../../../src/gateway/revocation/revocation-polling.ts';
import type { RevocationBatch } from '../../../../src/identity/revocation.ts';
import { UnavailableError } from '../../../../src/lib/unavailable-error.ts';
import { createManualClock } from '../../../support/memory-stores/memory-stores.ts';

function setUp() {
  const clock = createManualClock();
  const core = { down: false, hold: undefined as Promise<void> | undefined };
  const asked: (string | undefined)[] = [];
  const taken: RevocationBatch[] = [];
  const kept: Promise<unknown>[] = [];
  const lines: string[] = [];
  const keep = (line: string) => void lines.push(line);
  const refresh = createRevocationPolling({
    feed: { take: (batch) => void taken.push(batch) },
    poll: async (after) => {
      asked.push(after);
      const cursor = `c${asked.length}`;
      await core.hold;
      if (core.down) throw new UnavailableError('core', 'down');
      return { revocations: [], cursor };
    },
    clock: clock.now,
    log: { debug() {}, info: keep, warn: keep, error: keep },
    keepAlive: (work) => void kept.push(work),
  });
  return { clock, core, asked, taken, kept, lines, refresh };
}

describe('polling for revocations', () => {
  it('asks once a second for all requests, from the last cursor on, and has them wait for the answer', async () => {
    const { clock, asked, taken, kept, refresh } = setUp();
    await Promise.all(Array.from({ length: 20 }, () => refresh()));
    expect([asked, taken.length, kept.length]).toEqual([[undefined], 1, 1]);
    clock.advanceSeconds(0.999);
    expect(refresh()).toBeUndefined();
    clock.advanceSeconds(0.001);
    await refresh();
    expect(asked).toEqual([undefined, 'c1']);
    expect(taken.map(({ cursor }) => cursor)).toEqual(['c1', 'c2']);
  });

  it('has nobody wait for polls while they fail, goes on asking from the last cursor, and logs each change once', async () => {
    const { clock, core, asked, taken, kept, lines, refresh } = setUp();
    await refresh();
    core.down = true;
    clock.advanceSeconds(1);
    await refresh();
    clock.advanceSeconds(1);
    expect(refresh()).toBeUndefined();
    await Promise.all(kept);
    core.down = false;
    clock.advanceSeconds(1);
    expect(refresh()).toBeUndefined();
    await Promise.all(kept);
    expect(asked).toEqual([undefined, 'c1', 'c1', 'c1']);
    expect(taken).toHaveLength(2);
    expect(lines).toEqual(['revocations could not be polled', 'revocations are polled again']);
    clock.advanceSeconds(1);
    expect(refresh()).toBeInstanceOf(Promise);
    await Promise.all(kept);
  });

  it('asks no second time while an answer is awaited, until it counts as lost', async () => {
    const { clock, core, asked, kept, refresh } = setUp();
    const { promise, resolve } = Promise.withResolvers<void>();
    core.hold = promise;
    const first = refresh();
    clock.advanceSeconds(9);
    expect(refresh()).toBe(first);
    clock.advanceSeconds(1);
    expect(refresh()).not.toBe(first);
    expect(asked).toHaveLength(2);
    resolve();
    await Promise.all(kept);
  });
});
