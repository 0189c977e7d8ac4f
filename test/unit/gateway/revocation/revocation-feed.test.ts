import { describe, expect, it } from 'vitest';
import { createRevocationFeed } from '../../../../src/gateway/revocation/revocation-feed.ts';
import { createId } from '../../../../src/identity/ids.ts';
import type { Revocation } from '../../../../src/identity/revocation.ts';
import { buildPrincipal } from '../../../support/gateway/policies.ts';
import { createManualClock } from '../../../support/memory-stores/memory-stores.ts';
import { createManualTimer } from '../../../support/time/manual-timer.ts';

const SESSION = createId('session');

function setUp() {
  const clock = createManualClock();
  const lines: string[] = [];
  const log = {
    debug() {},
    info: (message: string) => void lines.push(`info: ${message}`),
    warn: (message: string) => void lines.push(`warn: ${message}`),
    error: (message: string) => void lines.push(`error: ${message}`),
  };
  const elapsed = createManualClock(0);
  const times = { clock: clock.now, elapsed: elapsed.now };
  const feed = createRevocationFeed({ ...times, rememberSeconds: 900, graceMs: () => 60_000, log });
  const tell = (...revocations: Revocation[]) => feed.take({ revocations, cursor: 'c' });
  /** Lets seconds pass, in each of which the log is heard. */
  function live(seconds: number, hear: () => void = tell): void {
    for (let second = 0; second < seconds; second += 1) {
      clock.advanceSeconds(1);
      elapsed.advanceSeconds(1);
      hear();
    }
  }
  return { clock, lines, feed, tell, live };
}

const ended = (id = SESSION): Revocation => ({ kind: 'session', id, revokedAtMs: 0 });

describe('what is told', () => {
  it('reaches the listeners when the index knows it already', () => {
    const { feed, tell } = setUp();
    const principal = buildPrincipal({ sessionId: SESSION });
    const heard: [string, boolean][] = [];
    const stop = feed.onRevoked(({ id }) => heard.push([id, feed.index.isRevoked(principal)]));
    tell(ended());
    stop();
    tell(ended(createId('session')));
    expect(heard).toEqual([[SESSION, true]]);
  });

  it('reaches all listeners though one of them throws', () => {
    const { feed, tell, lines } = setUp();
    const heard: string[] = [];
    feed.onRevoked(() => {
      throw new Error('bug');
    });
    feed.onRevoked(({ id }) => heard.push(id));
    tell(ended());
    expect(heard).toEqual([SESSION]);
    expect(lines).toEqual(['error: a listener for revocations failed']);
  });

  it('names the signing keys that were revoked, also to those who come later', () => {
    const { feed, tell } = setUp();
    const id = createId('key');
    tell({ kind: 'key', id, revokedAtMs: 0 });
    expect([...feed.withdrawnKeys]).toEqual([id]);
  });

  it('may be a session that this process ended, which does not make the log heard', () => {
    const { feed } = setUp();
    feed.takeEndedSession(SESSION);
    expect(feed.index.isRevoked(buildPrincipal({ sessionId: SESSION }))).toBe(true);
    expect(feed.freshness()).toBe('silent');
  });
});

describe('how fresh it is', () => {
  it('is current for ten seconds after the log was heard, and then silent', () => {
    const { feed, tell, clock } = setUp();
    expect(feed.freshness()).toBe('silent');
    tell();
    expect(feed.freshness()).toBe('current');
    clock.advanceSeconds(10);
    expect(feed.freshness()).toBe('current');
    clock.advanceSeconds(0.001);
    expect(feed.freshness()).toBe('silent');
    expect(feed.state()).toMatchObject({ freshness: 'silent', silenceMs: 10_001 });
  });

  it('is current only when the last part of what there was at once has come', () => {
    const { feed } = setUp();
    feed.take({ revocations: [ended()], cursor: '0', hasMore: true });
    expect(feed.freshness()).toBe('silent');
    expect(feed.isInGrace()).toBe(false);
    expect(feed.index.isRevoked(buildPrincipal({ sessionId: SESSION }))).toBe(true);
    feed.take({ revocations: [ended(createId('session'))], cursor: '2' });
    expect(feed.freshness()).toBe('current');
  });

  it('is stale when the grace is over and the core does not answer', () => {
    const { feed, tell, clock } = setUp();
    tell();
    clock.advanceSeconds(70);
    expect(feed.freshness()).toBe('silent');
    clock.advanceSeconds(0.001);
    expect(feed.freshness()).toBe('stale');
    feed.noteAnswer(true);
    expect(feed.freshness()).toBe('silent');
    feed.noteAnswer(false);
    expect(feed.freshness()).toBe('stale');
    tell();
    expect(feed.freshness()).toBe('current');
  });

  it('is not made current by a clock that was set back', () => {
    const { feed, tell, clock } = setUp();
    tell();
    clock.advanceSeconds(-3600);
    expect(feed.freshness()).not.toBe('current');
  });
});

describe('a clock that is set', () => {
  it.each([
    ['session', 'ahead for good', 600, 0],
    ['session', 'ahead and back', 7200, -7200],
    ['user', 'ahead for good', 600, 0],
    ['user', 'ahead and back', 7200, -7200],
  ] as const)('loses no revoked %s: %s', (kind, _, firstSeconds, thenSeconds) => {
    const { feed, clock, live } = setUp();
    const principal = buildPrincipal({ sessionId: SESSION, subject: createId('user'), issuedAt: 0 });
    const id = kind === 'session' ? SESSION : principal.subject;
    feed.take({ revocations: [{ kind, id, revokedAtMs: clock.now() }], cursor: 'c' });
    clock.advanceSeconds(firstSeconds);
    live(400);
    clock.advanceSeconds(thenSeconds);
    live(400);
    expect(feed.index.isRevoked(principal)).toBe(true);
  });

  it.each(['session', 'user'] as const)(
    'or is behind by minutes forgets no revoked %s while it takes its tokens for good',
    (kind) => {
      const { feed, clock, live } = setUp();
      const principal = buildPrincipal({ sessionId: SESSION, subject: createId('user'), issuedAt: 0 });
      const id = kind === 'session' ? SESSION : principal.subject;
      feed.take({ revocations: [{ kind, id, revokedAtMs: clock.now() }], cursor: 'c' });
      clock.advanceSeconds(-600);
      live(900 + 600);
      expect(feed.index.isRevoked(principal)).toBe(true);
    },
  );

  it('makes no time of long ago a recent one, though it shows the same again', () => {
    const { feed, tell, clock, live } = setUp();
    tell();
    live(60, () => undefined);
    clock.advanceSeconds(-60);
    expect(feed.freshness()).toBe('silent');
  });
});

describe('a feed that is watched', () => {
  it('logs each change once, tells of going stale once, and has the core asked each second of silence', async () => {
    const { feed, tell, clock, lines } = setUp();
    const { timer, advanceSeconds, waiting } = createManualTimer(clock);
    let [stale, probes] = [0, 0];
    feed.onStale(() => {
      stale += 1;
    });
    const stop = feed.watch(timer, () => {
      probes += 1;
    });
    tell();
    await advanceSeconds(10, 1);
    expect([lines, probes]).toEqual([[], 0]);
    await advanceSeconds(60, 1);
    expect([lines.length, stale, probes]).toEqual([1, 0, 60]);
    await advanceSeconds(60, 1);
    expect([lines.length, stale]).toEqual([2, 1]);
    tell();
    await advanceSeconds(1, 1);
    expect(lines).toEqual([
      'warn: no revocations are heard: the core is asked about each token',
      'warn: no revocations are heard, and the core does not answer or refuses our client id and secret: what it issued is refused',
      'info: revocations are heard again',
    ]);
    stop();
    expect(waiting()).toBe(0);
  });
});
