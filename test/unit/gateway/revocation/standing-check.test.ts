import { describe, expect, it } from 'vitest';
import { createRevocationFeed } from '../../../../src/gateway/revocation/revocation-feed.ts';
import { createStandingCheck } from '../../../../src/gateway/revocation/standing-check.ts';
import { createId } from '../../../../src/identity/ids.ts';
import type { Principal } from '../../../../src/identity/principal.ts';
import type { ToldOfUser } from '../../../../src/identity/told-of-user.ts';
import { silentLog } from '../../../../src/lib/log.ts';
import { UnavailableError } from '../../../../src/lib/unavailable-error.ts';
import { buildPrincipal } from '../../../support/gateway/policies.ts';
import { createManualClock } from '../../../support/memory-stores/memory-stores.ts';

const GRACE_SECONDS = 60;
const SESSION = createId('session');
const USER = buildPrincipal({ sessionId: SESSION });
const TOKEN = createId('token');
const ACTOR = createId('client');
const EARLIER = createId('client');
const EXCHANGED = buildPrincipal({
  sessionId: SESSION,
  audience: 'alerts',
  claims: { client_id: ACTOR, act: { sub: ACTOR, act: { sub: EARLIER } } },
});
const CLIENT = buildPrincipal({ kind: 'client', subject: createId('client'), sessionId: undefined });

/** A check on a core that the test steers; `heard` is whether the log was heard at the start. */
function setUp(heard = true) {
  const clock = createManualClock();
  const core = {
    down: false,
    ended: new Set<string>(),
    mute: new Set<string>(),
    asked: 0,
    told: undefined as ToldOfUser | undefined,
    hold: undefined as Promise<void> | undefined,
  };
  const isActive = async (id: string, tokenId = '', told?: ToldOfUser) => {
    core.asked += 1;
    core.told = told;
    const { down } = core;
    const active = !core.ended.has(id) && !core.ended.has(tokenId);
    await core.hold;
    if (down || core.mute.has(id)) throw new UnavailableError('core', 'down');
    return active;
  };
  const feed = createRevocationFeed({
    clock: clock.now,
    elapsed: clock.now,
    rememberSeconds: 900,
    graceMs: () => GRACE_SECONDS * 1000,
    log: silentLog,
  });
  const standing = createStandingCheck({
    feed,
    sessions: { isActive },
    machines: { isActive },
    clock: clock.now,
  });
  const beat = () => feed.take({ revocations: [], cursor: '' });
  const revoke = (id: string) =>
    feed.take({ revocations: [{ kind: 'session', id, revokedAtMs: clock.now() }], cursor: '' });
  const check = async (principal: Principal = USER, live = false) =>
    (await standing.check(principal, live)).kind;
  if (heard) beat();
  return { clock, core, feed, standing, beat, revoke, check };
}

it.each([
  ['on a live route', true, true],
  ['while the log is silent', false, false],
])(
  'asks %s whether a user still has what the token tells, and of a client nothing',
  async (_what, heard, live) => {
    const { core, check } = setUp(heard);
    const claims = { patient_id: 'p-1' };
    await check(buildPrincipal({ sessionId: SESSION, roles: ['doctor', 'patient'], claims }), live);
    expect(core.told).toEqual({ roles: ['doctor', 'patient'], patientId: 'p-1', doctorId: undefined });
    await check(CLIENT, live);
    expect(core.told).toBeUndefined();
  },
);

describe('while the log is heard', () => {
  it('answers at once and asks nobody', () => {
    const { core, clock, standing } = setUp();
    clock.advanceSeconds(10);
    expect(standing.check(USER, false)).toEqual({ kind: 'stands' });
    expect(core.asked).toBe(0);
  });

  it('refuses what the log told of', async () => {
    const { revoke, check } = setUp();
    revoke(SESSION);
    expect(await check()).toBe('revoked');
  });

  it('asks on a live route each time', async () => {
    const { core, check } = setUp();
    expect(await check(USER, true)).toBe('stands');
    core.ended.add(SESSION);
    expect(await check(USER, true)).toBe('revoked');
    expect(await check(USER)).toBe('stands');
    expect(core.asked).toBe(2);
  });

  it.each([ACTOR, EARLIER])(
    'asks on a live route about each client that a token came through',
    async (id) => {
      const { core, check } = setUp();
      expect(await check(EXCHANGED, true)).toBe('stands');
      core.ended.add(id);
      expect(await check(EXCHANGED, true)).toBe('revoked');
      expect(await check(USER, true)).toBe('stands');
    },
  );

  it.each([USER, CLIENT])('asks on a live route about the token too: of a $kind', async (principal) => {
    const { core, check } = setUp();
    core.ended.add(TOKEN);
    expect(await check({ ...principal, tokenId: TOKEN }, true)).toBe('revoked');
    expect(await check({ ...principal, tokenId: createId('token') }, true)).toBe('stands');
    expect(await check(principal, true)).toBe('stands');
  });

  it('knows nothing of principals of other issuers, also on live routes', async () => {
    const { core, revoke, check } = setUp();
    core.down = true;
    revoke(SESSION);
    expect(await check({ ...USER, issuerId: 'keycloak' }, true)).toBe('stands');
  });
});

describe('while the log is silent', () => {
  const silent = () => {
    const scene = setUp();
    scene.clock.advanceSeconds(10.001);
    return scene;
  };

  it('asks the core about the session, and about a program without one', async () => {
    const { core, check } = silent();
    core.ended.add(SESSION);
    expect(await check()).toBe('revoked');
    expect(await check(CLIENT)).toBe('stands');
    core.ended.add(CLIENT.subject);
    expect(await check(CLIENT)).toBe('stands');
    expect(core.asked).toBe(2);
  });

  it.each([ACTOR, EARLIER])(
    'does not take for a token that came through a client what was told of the user’s session',
    async (id) => {
      const { core, check } = silent();
      core.ended.add(id);
      expect(await check()).toBe('stands');
      expect(await check(EXCHANGED)).toBe('revoked');
      expect(await check()).toBe('stands');
    },
  );

  it.each([USER, CLIENT])(
    'does not take for one token what was told of another, in either order: of a $kind',
    async (principal) => {
      const { core, clock, check } = silent();
      const [revoked, other] = [TOKEN, createId('token')].map((tokenId) => ({ ...principal, tokenId }));
      core.ended.add(TOKEN);
      for (const round of [
        [revoked, other],
        [other, revoked],
      ]) {
        for (const one of round) expect(await check(one)).toBe(one === revoked ? 'revoked' : 'stands');
        clock.advanceSeconds(1);
      }
      expect(core.asked).toBe(4);
    },
  );

  it('asks once for all who come within a second', async () => {
    const { core, clock, check } = silent();
    expect(new Set(await Promise.all(Array.from({ length: 50 }, () => check())))).toEqual(
      new Set(['stands']),
    );
    expect(core.asked).toBe(1);
    core.ended.add(SESSION);
    clock.advanceSeconds(0.999);
    expect(await check()).toBe('stands');
    clock.advanceSeconds(0.001);
    expect(await check()).toBe('revoked');
    expect(core.asked).toBe(2);
  });

  it('puts no second question about what a look-up told within the last second', async () => {
    const { core, check } = silent();
    expect(await check({ ...USER, authenticatedBy: 'session' })).toBe('stands');
    expect(await check({ ...CLIENT, kind: 'api_key', authenticatedBy: 'api_key' })).toBe('stands');
    expect(core.asked).toBe(0);
  });

  it('asks no more once the log is heard again', async () => {
    const { core, beat, check } = silent();
    await check();
    beat();
    expect(await check(CLIENT)).toBe('stands');
    expect(core.asked).toBe(1);
  });

  it('does not let a slow answer bring back what was revoked meanwhile', async () => {
    for (const live of [false, true]) {
      const { core, revoke, check } = silent();
      const { promise, resolve } = Promise.withResolvers<void>();
      core.hold = promise;
      const answer = check(USER, live);
      revoke(SESSION);
      resolve();
      expect(await answer).toBe('revoked');
    }
  });

  it('does not hide a bug in the core’s answer', async () => {
    const { core, check } = silent();
    core.hold = Promise.reject(new TypeError('bug'));
    await expect(check()).rejects.toThrow('bug');
  });
});

describe('while the core is silent too', () => {
  const mute = (heard = true) => {
    const scene = setUp(heard);
    scene.core.down = true;
    scene.clock.advanceSeconds(10.001);
    return scene;
  };

  it('serves by signature alone until the grace is over, counted from ten seconds of silence', async () => {
    const { clock, check, feed } = mute();
    expect(await check()).toBe('stands');
    clock.advanceSeconds(GRACE_SECONDS - 0.001);
    expect(await check()).toBe('stands');
    expect(feed.state().unheard).toBe(2);
    clock.advanceSeconds(0.001);
    expect(await check()).toBe('unavailable');
  });

  it('refuses in the grace what the core did tell of, though it could not tell all', async () => {
    const { core, clock, check } = setUp();
    core.ended.add(SESSION);
    core.mute.add(ACTOR);
    expect(await check(EXCHANGED, true)).toBe('revoked');
    clock.advanceSeconds(11);
    expect(await check(EXCHANGED)).toBe('revoked');
  });

  it('grants no grace on a live route', async () => {
    const { check } = mute();
    expect(await check(USER, true)).toBe('unavailable');
  });

  it('grants no grace before the log was heard for the first time', async () => {
    const { core, check, clock } = mute(false);
    expect(await check()).toBe('unavailable');
    core.down = false;
    clock.advanceSeconds(1);
    expect(await check()).toBe('stands');
  });

  it('still refuses what was heard of before', async () => {
    const { revoke, clock, check } = mute();
    revoke(SESSION);
    clock.advanceSeconds(20);
    expect(await check()).toBe('revoked');
  });

  it('makes one request a second wait for the core, and no other', async () => {
    const { core, clock, check } = mute(false);
    await check();
    for (let request = 0; request < 20; request += 1) expect(await check(CLIENT)).toBe('unavailable');
    expect(core.asked).toBe(1);
    clock.advanceSeconds(1);
    const { promise, resolve } = Promise.withResolvers<void>();
    core.hold = promise;
    const first = check();
    expect(await check(CLIENT)).toBe('unavailable');
    expect(core.asked).toBe(2);
    core.down = false;
    resolve();
    expect(await first).toBe('unavailable');
    clock.advanceSeconds(1);
    expect(await check(CLIENT)).toBe('stands');
    expect(await check()).toBe('stands');
  });

  it('decides by the answers of a core that comes back after the grace', async () => {
    const { core, clock, check, feed } = mute();
    await check();
    clock.advanceSeconds(3600);
    expect(await check()).toBe('unavailable');
    expect(feed.freshness()).toBe('stale');
    core.down = false;
    clock.advanceSeconds(1);
    expect(await check()).toBe('stands');
    expect(feed.freshness()).toBe('silent');
  });
});
