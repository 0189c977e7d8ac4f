import { describe, expect, it } from 'vitest';
import type { Bond } from '../../../../src/gateway/streams/bond.ts';
import { createOpenStreams, type OpenStreams } from '../../../../src/gateway/streams/open-streams.ts';
import { createId } from '../../../../src/identity/ids.ts';
import type { Principal } from '../../../../src/identity/principal.ts';
import { silentLog } from '../../../../src/lib/log.ts';
import { buildPrincipal } from '../../../support/gateway/policies.ts';
import { createManualClock, type ManualClock } from '../../../support/memory-stores/memory-stores.ts';
import { createSteeredNews, type SteeredNews } from '../../../support/revocations/steered-news.ts';
import { createSteeredTimer } from '../../../support/time/steered-timer.ts';

interface Scene extends Omit<SteeredNews, 'news'> {
  readonly clock: ManualClock;
  /** Moves the clock and fires the timers that waited no longer than that. */
  pass(seconds: number): void;
  /** How many timers wait. */
  waiting(): number;
  readonly streams: OpenStreams;
  /** Why the streams that were opened here were ended, in order. */
  readonly ends: string[];
  open(bond: Bond | undefined, name?: string, kind?: 'stream' | 'transfer'): () => void;
}

function createScene(): Scene {
  const clock = createManualClock();
  const { timer, timers } = createSteeredTimer();
  const steered = createSteeredNews();
  const ends: string[] = [];
  const streams = createOpenStreams({
    news: steered.news,
    clock: clock.now,
    timer,
    log: silentLog,
  });
  return {
    clock,
    pass(seconds) {
      clock.advanceSeconds(seconds);
      for (const waiting of timers.splice(0)) {
        if (waiting.delayMs > seconds * 1000)
          timers.push({ ...waiting, delayMs: waiting.delayMs - seconds * 1000 });
        else waiting.call();
      }
    },
    waiting: () => timers.length,
    streams,
    ends,
    revoke: steered.revoke,
    setStale: steered.setStale,
    open: (bond, name = 'it', kind = 'stream') =>
      streams.add(bond, kind, (why) => ends.push(`${name} ${why}`)),
  };
}

function bondTo(clock: ManualClock, principal: Partial<Principal> = {}, outlivesToken = false): Bond {
  const sessionId = createId('session');
  const claims = { client_id: createId('client') };
  const [tokenId, keyId] = [createId('token'), createId('key')];
  const expiresAt = clock.now() / 1000 + 900;
  return {
    principal: buildPrincipal({
      subject: createId('user'),
      sessionId,
      claims,
      tokenId,
      keyId,
      expiresAt,
      ...principal,
    }),
    outlivesToken,
  };
}

describe('a revocation', () => {
  it.each([
    ['session', (principal: Principal) => principal.sessionId, 'session_revoked'],
    ['user', (principal: Principal) => principal.subject, 'access_revoked'],
    ['client', (principal: Principal) => principal.claims.client_id, 'access_revoked'],
    ['token', (principal: Principal) => principal.tokenId, 'token_revoked'],
    ['key', (principal: Principal) => principal.keyId, 'token_revoked'],
  ] as const)('of its %s ends a stream, and no other', (kind, idOf, why) => {
    const scene = createScene();
    const bond = bondTo(scene.clock);
    scene.open(bond, 'mine');
    scene.open(bondTo(scene.clock), 'other');

    scene.revoke(kind, String(idOf(bond.principal)));
    scene.revoke(kind, String(idOf(bond.principal)));

    expect(scene.ends).toEqual([`mine ${why}`]);
    expect(scene.streams.counts()).toEqual({ open: 1, ended: new Map([[why, 1]]) });
  });

  it('ends every stream and every transfer of a session, and none that was removed', () => {
    const scene = createScene();
    const bond = bondTo(scene.clock);
    scene.open(bond, 'socket');
    scene.open(bond, 'download', 'transfer');
    scene.open(bond, 'left')();

    scene.revoke('session', String(bond.principal.sessionId));

    expect(scene.ends).toEqual(['socket session_revoked', 'download session_revoked']);
  });

  it('that came before the stream began ends it when it begins', () => {
    const scene = createScene();
    const bond = bondTo(scene.clock);
    scene.revoke('session', String(bond.principal.sessionId));

    scene.open(bond);

    expect(scene.ends).toEqual(['it session_revoked']);
    expect(scene.streams.counts().open).toBe(0);
  });

  it('of an id of ours means nothing to the caller of a foreign issuer who has the same', () => {
    const scene = createScene();
    const bond = bondTo(scene.clock, { issuerId: 'keycloak' });
    scene.open(bond);

    scene.revoke('session', String(bond.principal.sessionId));
    scene.setStale(true);

    expect(scene.ends).toEqual([]);
  });

  it('ends the others where one of them fails to end', () => {
    const scene = createScene();
    const bond = bondTo(scene.clock);
    scene.streams.add(bond, 'stream', () => {
      throw new Error('a bug');
    });
    scene.open(bond, 'second');

    scene.revoke('session', String(bond.principal.sessionId));

    expect(scene.ends).toEqual(['second session_revoked']);
  });
});

describe('the expiry of its credential', () => {
  it('ends a stream in that moment, and no transfer', () => {
    const scene = createScene();
    const bond = bondTo(scene.clock);
    scene.open(bond, 'socket');
    scene.open(bond, 'download', 'transfer');

    scene.pass(899);
    expect(scene.ends).toEqual([]);
    scene.pass(1);

    expect(scene.ends).toEqual(['socket token_expired']);
  });

  it('does not end a stream that may outlive it; a later revocation does', () => {
    const scene = createScene();
    const bond = bondTo(scene.clock, {}, true);
    scene.open(bond);

    scene.pass(9_000);
    expect(scene.ends).toEqual([]);
    scene.revoke('session', String(bond.principal.sessionId));

    expect(scene.ends).toEqual(['it session_revoked']);
  });

  it('ends a stream that began within the tolerance of clocks when that is over', () => {
    const scene = createScene();
    scene.open(bondTo(scene.clock, { expiresAt: scene.clock.now() / 1000 - 4 }));

    scene.pass(5);
    expect(scene.ends).toEqual([]);
    scene.pass(1);

    expect(scene.ends).toEqual(['it token_expired']);
  });

  it('comes neither early nor never where it is further away than timers reach', () => {
    const scene = createScene();
    const days = 60 * 24 * 3600;
    scene.open(bondTo(scene.clock, { expiresAt: scene.clock.now() / 1000 + days }), 'key');
    scene.open(bondTo(scene.clock, { expiresAt: Number.POSITIVE_INFINITY }), 'endless');

    for (let passed = 1; passed < 60; passed += 1) scene.pass(24 * 3600);
    expect(scene.ends).toEqual([]);
    scene.pass(24 * 3600);

    expect(scene.ends).toEqual(['key token_expired']);
  });

  it('leaves no timer behind of a stream that ended before', () => {
    const scene = createScene();
    scene.open(bondTo(scene.clock))();
    expect(scene.waiting()).toBe(0);
  });
});

describe('where nobody can tell any more what is revoked', () => {
  it('the streams of our own callers end, and no transfer and nobody else’s', () => {
    const scene = createScene();
    scene.open(bondTo(scene.clock), 'socket');
    scene.open(bondTo(scene.clock), 'download', 'transfer');
    scene.open(bondTo(scene.clock, { issuerId: 'keycloak' }), 'foreign');
    scene.open(undefined, 'public');

    scene.setStale(true);

    expect(scene.ends).toEqual(['socket revocations_unknown']);
  });

  it('none of them begins', () => {
    const scene = createScene();
    scene.setStale(true);
    scene.open(bondTo(scene.clock));
    expect(scene.ends).toEqual(['it revocations_unknown']);
  });
});

it('ends all streams, also public ones, and no transfer when the gateway stops', () => {
  const scene = createScene();
  scene.open(undefined, 'public');
  scene.open(bondTo(scene.clock), 'socket');
  scene.open(bondTo(scene.clock), 'download', 'transfer');

  scene.streams.endAll();

  expect(scene.ends).toEqual(['public going_away', 'socket going_away']);
});

describe('a review while no revocations are heard', () => {
  it('asks once about each holder, and ends what does not stand any more', async () => {
    const scene = createScene();
    const [gone, standing] = [bondTo(scene.clock), bondTo(scene.clock)];
    scene.open(gone, 'socket');
    scene.open(gone, 'download', 'transfer');
    scene.open(standing, 'other');
    scene.open(bondTo(scene.clock, { issuerId: 'keycloak' }), 'foreign');
    scene.open(undefined, 'public');
    const asked: unknown[] = [];

    await scene.streams.review(async ({ sessionId }) => {
      asked.push(sessionId);
      return sessionId === gone.principal.sessionId;
    });

    expect(asked).toEqual([gone.principal.sessionId, standing.principal.sessionId]);
    expect(scene.ends).toEqual(['socket session_revoked', 'download session_revoked']);
  });

  it('asks about a session apart from it with a client that acts for it, and ends no more than what was asked about', async () => {
    const scene = createScene();
    const own = bondTo(scene.clock);
    const actor = createId('client');
    const claims = { client_id: actor, act: { sub: actor } };
    const acted = bondTo(scene.clock, { sessionId: own.principal.sessionId, audience: 'alerts', claims });
    scene.open(acted, 'of the client');
    scene.open(own, 'of the user');

    await scene.streams.review(async ({ audience }) => audience !== undefined);

    expect(scene.ends).toEqual(['of the client session_revoked']);
  });

  it('asks about each token of a session, and ends what stands on one that was revoked alone', async () => {
    const scene = createScene();
    const gone = bondTo(scene.clock);
    const tokenId = createId('token');
    scene.open({ ...gone, principal: { ...gone.principal, tokenId } }, 'other');
    scene.open(gone, 'socket');
    scene.open(gone, 'download', 'transfer');

    await scene.streams.review(async (principal) => principal.tokenId === gone.principal.tokenId);

    expect(scene.ends).toEqual(['socket session_revoked', 'download session_revoked']);
  });

  it.each([
    ['before', 'after'],
    ['after', 'before'],
  ])(
    'ends of a browser session what was opened with a role that was taken since, and no more (%s, %s)',
    async (...order) => {
      const scene = createScene();
      const { principal } = bondTo(scene.clock, { tokenId: undefined });
      const roles = { before: ['admin', 'nurse'], after: ['nurse'] } as const;
      for (const name of order as (keyof typeof roles)[])
        scene.open({ principal: { ...principal, roles: roles[name] }, outlivesToken: false }, name);

      await scene.streams.review(async (asked) => asked.roles.includes('admin'));

      expect(scene.ends).toEqual(['before session_revoked']);
    },
  );

  it('puts no more than sixteen questions at once', async () => {
    const scene = createScene();
    for (let count = 0; count < 100; count += 1) scene.open(bondTo(scene.clock));
    let underWay = 0;
    let most = 0;

    await scene.streams.review(async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      return false;
    });

    expect(most).toBe(16);
    expect(scene.ends).toEqual([]);
  });
});
