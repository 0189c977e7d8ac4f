import { describe, expect, it } from 'vitest';
import type { Standing } from '../../../../src/gateway/revocation/standing.ts';
import { createPolledStreams } from '../../../../src/gateway/streams/polled-streams.ts';
import { silentLog } from '../../../../src/lib/log.ts';
import { buildPrincipal } from '../../../support/gateway/policies.ts';
import { createSteeredTimer, fire } from '../../../support/time/steered-timer.ts';

type Freshness = 'current' | 'silent' | 'stale';

/** A stream of a user of ours whose token expires in a minute; each second it asks, and the test says what it hears. */
function openStream(atFirst: Freshness, changes: { issuerId?: string; outlivesToken?: boolean } = {}) {
  const { timer, timers } = createSteeredTimer();
  const standing: Standing = { kind: 'stands' };
  const told = { freshness: atFirst, standing: standing as Standing, refreshed: 0, live: [] as boolean[] };
  const ends: string[] = [];
  const issueTimes: unknown[] = [];
  let now = 0;
  const streams = createPolledStreams({
    feed: { freshness: () => told.freshness },
    standing: {
      refresh() {
        told.refreshed += 1;
      },
      async check({ issuedAt }, live) {
        issueTimes.push(issuedAt);
        told.live.push(live);
        return told.standing;
      },
    },
    clock: () => now,
    timer,
    log: silentLog,
  });
  const { issuerId = 'wardgate', outlivesToken = false } = changes;
  const principal = buildPrincipal({ expiresAt: 60, issuerId });
  const leave = streams.add({ principal, outlivesToken }, 'stream', (why) => ends.push(why));
  return {
    told,
    ends,
    issueTimes,
    timers,
    leave,
    /** Fires what is due a second later. */
    poll: async () => {
      const due = timers.splice(
        timers.findIndex(({ delayMs }) => delayMs === 1000),
        1,
      );
      await fire(due);
    },
    expire: async () => {
      now = 60_000;
      await fire(
        timers.splice(
          timers.findIndex(({ delayMs }) => delayMs === 60_000),
          1,
        ),
      );
    },
  };
}

describe('a stream that asks by itself', () => {
  it('goes on while it stands, and ends within the second in which it does not', async () => {
    const stream = openStream('current');
    await stream.poll();
    await stream.poll();
    expect(stream.told).toMatchObject({ refreshed: 2, live: [false, false] });
    expect(stream.ends).toEqual([]);

    stream.told.standing = { kind: 'revoked' };
    await stream.poll();

    expect(stream.ends).toEqual(['session_revoked']);
    expect(stream.timers).toEqual([]);
  });

  it('asks about a browser session as if it was issued when the stream began', async () => {
    const stream = openStream('current');
    await stream.poll();
    expect(stream.issueTimes).toEqual([0]);
  });

  it('has the core itself asked where the log is not heard, and goes on while nobody answers in the grace', async () => {
    const stream = openStream('silent');
    stream.told.standing = { kind: 'unavailable', dependency: 'core' };
    await stream.poll();
    expect(stream.told.live).toEqual([true]);
    expect(stream.ends).toEqual([]);
  });

  it('has the core itself asked once the log is heard again, until it has told: of a long silence the log does not tell all', async () => {
    const stream = openStream('silent');
    stream.told.standing = { kind: 'unavailable', dependency: 'core' };
    await stream.poll();
    stream.told.freshness = 'current';
    await stream.poll();
    stream.told.standing = { kind: 'stands' };
    await stream.poll();
    await stream.poll();
    expect(stream.told.live).toEqual([true, true, true, false]);
    expect(stream.ends).toEqual([]);
  });

  it('ends when nobody can tell any more', async () => {
    const stream = openStream('stale');
    stream.told.standing = { kind: 'unavailable', dependency: 'core' };
    await stream.poll();
    expect(stream.ends).toEqual(['revocations_unknown']);
  });

  it('ends when its token expires, unless it may outlive it', async () => {
    const stream = openStream('current');
    await stream.expire();
    expect(stream.ends).toEqual(['token_expired']);
    expect(stream.timers).toEqual([]);
    expect(openStream('current', { outlivesToken: true }).timers).toHaveLength(1);
  });

  it('of another issuer asks nobody, and one that was left asks no more', () => {
    expect(openStream('current', { issuerId: 'keycloak' }).timers).toHaveLength(1);
    const stream = openStream('current');
    stream.leave();
    expect(stream.timers).toEqual([]);
  });
});
