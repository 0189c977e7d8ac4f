import { beforeEach, expect, it } from 'vitest';
import type { Session } from '../../src/core/sessions/session-store.ts';
import { createId, isId } from '../../src/identity/ids.ts';
import { DAY_SECONDS } from '../../src/lib/durations.ts';
import { addClient, addUser, describeStores, newSession, randomTokenHash } from './stores-under-test.ts';

const IDLE_SECONDS = 1800;
const IDLE = { bearerIdleSeconds: 2 * IDLE_SECONDS, cookieIdleSeconds: IDLE_SECONDS };

describeStores('session store', (stores) => {
  let userId: string;
  beforeEach(async () => {
    userId = (await addUser(stores.users)).id;
  });

  async function beginWithToken(
    lifetimeSeconds = 3600,
  ): Promise<{ session: Session; tokenHash: Uint8Array }> {
    const tokenHash = randomTokenHash();
    const wanted = newSession(userId, { transport: 'cookie', tokenHash, lifetimeSeconds });
    return { session: await stores.sessions.begin(wanted), tokenHash };
  }
  const findByToken = async (tokenHash: Uint8Array) =>
    (await stores.sessions.findActiveByTokenHash(tokenHash, IDLE_SECONDS))?.session;

  it('begins an active session that both lookups find', async () => {
    const { session, tokenHash } = await beginWithToken(3600);
    expect(isId('session', session.id)).toBe(true);
    expect(session).toMatchObject({ userId, state: 'active', transport: 'cookie', endedAt: undefined });
    expect(session.expiresAt.getTime() - session.createdAt.getTime()).toBe(3_600_000);
    expect(session.lastSeenAt).toEqual(session.createdAt);
    expect(await findByToken(tokenHash)).toEqual(session);
    expect(await stores.sessions.findActiveById(session.id, IDLE)).toEqual(session);
  });

  it('finds no session whose client is disabled or gone, and finds it again once the client is enabled', async () => {
    const client = await addClient(stores.clients);
    const session = await stores.sessions.begin(newSession(userId, { clientId: client.id }));
    expect(session.clientId).toBe(client.id);
    const find = async () => {
      const byId = await stores.sessions.findActiveById(session.id, IDLE);
      const listed = await stores.sessions.listActive(userId, IDLE);
      expect(listed).toEqual(byId === undefined ? [] : [byId]);
      return byId;
    };
    expect(await find()).toEqual(session);
    await stores.clients.change(client.id, { disabled: true });
    expect(await find()).toBeUndefined();
    await stores.clients.change(client.id, { disabled: false });
    expect(await find()).toEqual(session);
    await stores.clients.remove(client.id);
    expect(await find()).toBeUndefined();
  });

  it('never gives the hash of a token away', async () => {
    const { session, tokenHash } = await beginWithToken();
    const seen = [session, await findByToken(tokenHash), ...(await stores.sessions.listActive(userId, IDLE))];
    for (const one of seen) expect(one).not.toHaveProperty('tokenHash');
  });

  it('finds a session together with its user as both stand', async () => {
    const { session, tokenHash } = await beginWithToken(3600);
    const user = await stores.users.findById(userId);
    const byToken = await stores.sessions.findActiveByTokenHash(tokenHash, IDLE_SECONDS);
    expect(byToken).toEqual({ session, user });
    expect(await stores.sessions.findActiveWithUser(session.id, IDLE)).toEqual({ session, user });
    await stores.sessions.end(session.id, userId);
    for (const id of [session.id, createId('session'), userId, 'x\0y'])
      expect(await stores.sessions.findActiveWithUser(id, IDLE)).toBeUndefined();
  });

  it('finds a session by its good refresh token, for its own client, and moves nothing', async () => {
    const client = await stores.clients.create({
      name: 'app',
      roles: [],
      scopes: [],
      authenticationMethod: 'client_secret_basic',
      secretHash: randomTokenHash(),
    });
    const session = await stores.sessions.begin(newSession(userId, { clientId: client.id }));
    const presented = { sessionId: session.id, counter: 0, clientId: client.id, idle: IDLE };
    const find = stores.sessions.findByRefreshToken;
    for (let times = 0; times < 2; times += 1) expect((await find(presented))?.session).toEqual(session);
    for (const wrong of [{ counter: 1 }, { clientId: createId('client') }, { sessionId: 'x' }])
      expect(await find({ ...presented, ...wrong })).toBeUndefined();
    await stores.sessions.rotateRefreshToken(presented);
    expect(await find(presented)).toBeUndefined();
    expect((await find({ ...presented, counter: 1 }))?.session.id).toBe(session.id);
    await stores.sessions.end(session.id, userId);
    expect(await find({ ...presented, counter: 1 })).toBeUndefined();
  });

  it('finds no session by its id for a token that was revoked alone, and finds it for others', async () => {
    const session = await stores.sessions.begin(newSession(userId));
    const [revoked, other] = [createId('token'), createId('token')];
    await stores.revocationLog.revokeToken(revoked);
    await stores.revocationLog.revokeToken(revoked);
    for (const tokenId of [other, undefined]) {
      expect(await stores.sessions.findActiveById(session.id, IDLE, tokenId)).toEqual(session);
      expect((await stores.sessions.findActiveWithUser(session.id, IDLE, tokenId))?.session).toEqual(session);
    }
    expect(await stores.sessions.findActiveById(session.id, IDLE, revoked)).toBeUndefined();
    expect(await stores.sessions.findActiveWithUser(session.id, IDLE, revoked)).toBeUndefined();
  });

  it('tells what a session does not have as undefined', async () => {
    const nothing = { clientAddress: undefined, userAgent: undefined };
    const session = await stores.sessions.begin(newSession(userId, nothing));
    expect(session).toMatchObject({ ...nothing, endedAt: undefined });
  });

  it('finds nothing by an unknown token or id', async () => {
    expect(await findByToken(randomTokenHash())).toBeUndefined();
    expect(await findByToken(new Uint8Array())).toBeUndefined();
    for (const id of [createId('session'), userId, '', 'x\0y'])
      expect(await stores.sessions.findActiveById(id, IDLE)).toBeUndefined();
  });

  it('finds no session past its absolute limit, however often it was seen', async () => {
    const { session, tokenHash } = await beginWithToken(300);
    await stores.advanceSeconds(240);
    expect(await findByToken(tokenHash)).toBeDefined();
    await stores.advanceSeconds(61);
    expect(await findByToken(tokenHash)).toBeUndefined();
    expect(await stores.sessions.findActiveById(session.id, IDLE)).toBeUndefined();
    expect(await stores.sessions.listActive(userId, IDLE)).toEqual([]);
  });

  it('finds no session by its token that was idle for longer than allowed', async () => {
    const { tokenHash } = await beginWithToken();
    await stores.advanceSeconds(IDLE_SECONDS + 1);
    expect(await findByToken(tokenHash)).toBeUndefined();
    expect(await stores.sessions.findActiveByTokenHash(tokenHash, IDLE_SECONDS + 60)).toBeDefined();
  });

  it('finds no session by its id, and lists none, that was idle for longer than its transport may be', async () => {
    const cookie = (await beginWithToken(DAY_SECONDS)).session;
    const tokens = { transport: 'token_cookies', lifetimeSeconds: DAY_SECONDS } as const;
    const bearer = await stores.sessions.begin(newSession(userId, { lifetimeSeconds: DAY_SECONDS }));
    const inCookies = await stores.sessions.begin(newSession(userId, tokens));
    const foundIds = async () => {
      const all = [cookie, bearer, inCookies];
      const found = await Promise.all(all.map(({ id }) => stores.sessions.findActiveById(id, IDLE)));
      const listed = (await stores.sessions.listActive(userId, IDLE)).map(({ id }) => id);
      const ids = found.flatMap((session) => (session === undefined ? [] : [session.id]));
      expect(listed.sort()).toEqual(ids.toSorted());
      return ids;
    };
    await stores.advanceSeconds(IDLE_SECONDS - 60);
    expect(await foundIds()).toEqual([cookie.id, bearer.id, inCookies.id]);
    await stores.advanceSeconds(120);
    expect(await foundIds()).toEqual([bearer.id]);
    const refreshed = { sessionId: bearer.id, clientId: undefined, counter: 0, idle: IDLE };
    await stores.sessions.rotateRefreshToken(refreshed);
    await stores.advanceSeconds(IDLE_SECONDS);
    expect(await foundIds()).toEqual([bearer.id]);
    await stores.advanceSeconds(IDLE_SECONDS + 5);
    expect(await foundIds()).toEqual([]);
  });

  it('counts being idle from when the session was last seen', async () => {
    const { tokenHash } = await beginWithToken(3 * IDLE_SECONDS);
    for (let seen = 0; seen < 3; seen += 1) {
      await stores.advanceSeconds(IDLE_SECONDS - 60);
      expect(await findByToken(tokenHash)).toBeDefined();
    }
  });

  it('touches last seen at most once a minute', async () => {
    const { session, tokenHash } = await beginWithToken();
    await stores.advanceSeconds(30);
    const early = await findByToken(tokenHash);
    expect(secondsSinceBegin(early)).toBe(0);
    await stores.advanceSeconds(31);
    const late = await findByToken(tokenHash);
    expect(secondsSinceBegin(late)).toBeGreaterThanOrEqual(61);
    expect(secondsSinceBegin(await stores.sessions.findActiveById(session.id, IDLE))).toBe(
      secondsSinceBegin(late),
    );
  });

  it('answers twenty simultaneous lookups that all find last seen a minute old', async () => {
    const { session, tokenHash } = await beginWithToken();
    await stores.advanceSeconds(90);
    const found = await Promise.all(Array.from({ length: 20 }, () => findByToken(tokenHash)));
    expect(found.map((one) => one?.id)).toEqual(Array.from({ length: 20 }, () => session.id));
    expect(secondsSinceBegin(await findByToken(tokenHash))).toBeGreaterThanOrEqual(90);
  });

  it('finds no session of a disabled user', async () => {
    const { session, tokenHash } = await beginWithToken();
    await stores.disableUser(userId);
    expect(await findByToken(tokenHash)).toBeUndefined();
    expect(await stores.sessions.findActiveById(session.id, IDLE)).toBeUndefined();
    expect(await stores.sessions.listActive(userId, IDLE)).toEqual([]);
  });

  it('lists the active sessions of that user alone', async () => {
    const other = await addUser(stores.users);
    await stores.sessions.begin(newSession(other.id));
    const first = await stores.sessions.begin(newSession(userId));
    const second = await stores.sessions.begin(newSession(userId));
    const ended = await stores.sessions.begin(newSession(userId));
    await stores.sessions.end(ended.id, userId);
    const listed = await stores.sessions.listActive(userId, IDLE);
    expect(new Set(listed.map(({ id }) => id))).toEqual(new Set([first.id, second.id]));
  });

  it('ends a session once', async () => {
    const { session, tokenHash } = await beginWithToken();
    expect(await stores.sessions.end(session.id, userId)).toBe('ended');
    expect(await stores.sessions.end(session.id, userId)).toBe('not_found');
    expect(await findByToken(tokenHash)).toBeUndefined();
    expect(await stores.sessions.findActiveById(session.id, IDLE)).toBeUndefined();
  });

  it('does not end a session of another user', async () => {
    const { session } = await beginWithToken();
    const other = await addUser(stores.users);
    expect(await stores.sessions.end(session.id, other.id)).toBe('not_found');
    expect(await stores.sessions.findActiveById(session.id, IDLE)).toBeDefined();
  });

  it('answers not_found to the end of what is no session', async () => {
    for (const id of [createId('session'), userId, '', 'x\0y'])
      expect(await stores.sessions.end(id, userId)).toBe('not_found');
  });

  it('ends all sessions of a user, tells which, and leaves those of others', async () => {
    const other = await addUser(stores.users);
    const kept = await stores.sessions.begin(newSession(other.id));
    const first = await stores.sessions.begin(newSession(userId));
    const second = await stores.sessions.begin(newSession(userId));
    expect(new Set(await stores.sessions.endAll(userId))).toEqual(new Set([first.id, second.id]));
    expect(await stores.sessions.endAll(userId)).toEqual([]);
    expect(await stores.sessions.findActiveById(kept.id, IDLE)).toBeDefined();
  });

  it('ends all sessions of a user but one, tells which, and leaves those of others', async () => {
    const other = await addUser(stores.users);
    const ofOther = await stores.sessions.begin(newSession(other.id));
    const kept = await stores.sessions.begin(newSession(userId));
    const first = await stores.sessions.begin(newSession(userId));
    const second = await stores.sessions.begin(newSession(userId));
    expect(new Set(await stores.sessions.endAllExcept(userId, kept.id))).toEqual(
      new Set([first.id, second.id]),
    );
    expect(await stores.sessions.endAllExcept(userId, kept.id)).toEqual([]);
    for (const { id } of [kept, ofOther])
      expect(await stores.sessions.findActiveById(id, IDLE)).toBeDefined();
    expect(await stores.sessions.endAllExcept(userId, ofOther.id)).toEqual([kept.id]);
    expect(await stores.sessions.findActiveById(ofOther.id, IDLE)).toBeDefined();
  });
});

function secondsSinceBegin(session: Session | undefined): number {
  if (session === undefined) throw new Error('there is no session');
  return Math.round((session.lastSeenAt.getTime() - session.createdAt.getTime()) / 100) / 10;
}
