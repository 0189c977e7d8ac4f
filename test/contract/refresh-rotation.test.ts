import { beforeEach, expect, it } from 'vitest';
import type { Session } from '../../src/core/sessions/session-store.ts';
import { createId } from '../../src/identity/ids.ts';
import { SESSION_LIMITS } from '../support/core/session-limits.ts';
import { addClient, addUser, describeStores, newSession, randomTokenHash } from './stores-under-test.ts';

const IDLE_SECONDS = 1800;
const IDLE = { bearerIdleSeconds: IDLE_SECONDS, cookieIdleSeconds: IDLE_SECONDS / 2 };

describeStores('the rotation of refresh tokens', (stores) => {
  let session: Session;
  beforeEach(async () => {
    session = await stores.sessions.begin(newSession((await addUser(stores.users)).id));
  });

  const rotate = (counter: number, sessionId = session.id, clientId?: string) =>
    stores.sessions.rotateRefreshToken({ sessionId, clientId, counter, idle: IDLE });
  const kindOf = async (counter: number) => (await rotate(counter)).kind;

  it('rotates the good token, again and again, and answers with session and user', async () => {
    const rotated = await rotate(0);
    const user = await stores.users.findById(session.userId);
    expect(rotated).toEqual({
      kind: 'rotated',
      session: { ...session, lastSeenAt: expect.any(Date) },
      user,
    });
    expect(await kindOf(1)).toBe('rotated');
    expect(await kindOf(2)).toBe('rotated');
  });

  it('repeats the answer to the predecessor ten times, then compromises the session', async () => {
    expect(await kindOf(0)).toBe('rotated');
    for (let use = 0; use < 10; use += 1) expect(await kindOf(0)).toBe('repeated');
    expect(await rotate(0)).toMatchObject({ kind: 'replayed', session: { state: 'compromised' } });
    expect(await stores.sessions.findActiveById(session.id, SESSION_LIMITS)).toBeUndefined();
    expect(await kindOf(1)).toBe('unknown');
  });

  it('counts the repetitions of each rotation anew', async () => {
    await rotate(0);
    for (let use = 0; use < 10; use += 1) await rotate(0);
    expect(await kindOf(1)).toBe('rotated');
    expect(await kindOf(1)).toBe('repeated');
  });

  it('takes the predecessor for stolen once its grace is over', async () => {
    await rotate(0);
    // What the test itself takes is added: it is clear of the thirty seconds.
    await stores.advanceSeconds(20);
    expect(await kindOf(0)).toBe('repeated');
    await stores.advanceSeconds(11);
    expect(await kindOf(0)).toBe('replayed');
  });

  it('takes a spent token for stolen once its successor was used, and leaves other sessions of the user', async () => {
    const other = await stores.sessions.begin(newSession(session.userId));
    await rotate(0);
    await rotate(1);
    const replayed = await rotate(0);
    expect(replayed).toMatchObject({ kind: 'replayed', session: { endedAt: expect.any(Date) } });
    expect(await stores.sessions.findActiveById(session.id, IDLE)).toBeUndefined();
    expect((await rotate(0, other.id)).kind).toBe('rotated');
  });

  it('knows no token that was not issued, and changes nothing for it', async () => {
    expect(await kindOf(1)).toBe('unknown');
    expect((await rotate(0, createId('session'))).kind).toBe('unknown');
    expect((await rotate(0, 'x\0y')).kind).toBe('unknown');
    expect(await kindOf(0)).toBe('rotated');
  });

  it('knows no refresh token of a browser session', async () => {
    const cookie = { transport: 'cookie', tokenHash: randomTokenHash() } as const;
    const browser = await stores.sessions.begin(newSession(session.userId, cookie));
    expect((await rotate(0, browser.id)).kind).toBe('unknown');
  });

  it('does not rotate for a session that ended, was idle too long, ran out, or whose user is disabled', async () => {
    await stores.sessions.end(session.id, session.userId);
    expect(await kindOf(0)).toBe('unknown');
    const idle = await stores.sessions.begin(newSession(session.userId));
    const short = await stores.sessions.begin(newSession(session.userId, { lifetimeSeconds: 60 }));
    await stores.advanceSeconds(61);
    expect((await rotate(0, short.id)).kind).toBe('unknown');
    await stores.advanceSeconds(IDLE_SECONDS);
    expect((await rotate(0, idle.id)).kind).toBe('unknown');
    const disabled = await stores.sessions.begin(newSession(session.userId));
    await stores.disableUser(session.userId);
    expect((await rotate(0, disabled.id)).kind).toBe('unknown');
  });

  it('rotates for the client of the session alone, and changes nothing for anybody else', async () => {
    const [client, other] = [await addClient(stores.clients), await addClient(stores.clients)];
    const { id } = await stores.sessions.begin(newSession(session.userId, { clientId: client.id }));
    const kindFor = async (counter: number, clientId: string | undefined, of = id) =>
      (await rotate(counter, of, clientId)).kind;
    expect(await kindFor(0, client.id)).toBe('rotated');
    expect(await kindFor(1, client.id)).toBe('rotated');
    // The first of these counters would be a replay.
    for (const counter of [0, 1, 2]) {
      expect(await kindFor(counter, other.id)).toBe('unknown');
      expect(await kindFor(counter, undefined)).toBe('unknown');
    }
    expect(await kindFor(0, client.id, session.id)).toBe('unknown');
    expect(await kindFor(1, client.id)).toBe('repeated');
    expect(await kindFor(0, undefined, session.id)).toBe('rotated');
  });

  it('does not rotate while the client of the session is disabled, or once it is gone', async () => {
    const client = await addClient(stores.clients);
    const { id } = await stores.sessions.begin(newSession(session.userId, { clientId: client.id }));
    const kindNow = async () => (await rotate(0, id, client.id)).kind;
    await stores.clients.change(client.id, { disabled: true });
    expect(await kindNow()).toBe('unknown');
    await stores.clients.change(client.id, { disabled: false });
    expect(await kindNow()).toBe('rotated');
    await stores.clients.remove(client.id);
    expect(await kindNow()).toBe('unknown');
  });

  it('holds the limit of browser sessions for tokens that travel in cookies', async () => {
    const transport = { transport: 'token_cookies' } as const;
    const [used, unused] = [
      await stores.sessions.begin(newSession(session.userId, transport)),
      await stores.sessions.begin(newSession(session.userId, transport)),
    ];
    await stores.advanceSeconds(IDLE_SECONDS / 2 - 60);
    expect((await rotate(0, used.id)).kind).toBe('rotated');
    await stores.advanceSeconds(120);
    expect((await rotate(0, unused.id)).kind).toBe('unknown');
    expect((await rotate(1, used.id)).kind).toBe('rotated');
  });

  it('counts a refresh as use of the session', async () => {
    await stores.advanceSeconds(IDLE_SECONDS - 60);
    expect(await kindOf(0)).toBe('rotated');
    await stores.advanceSeconds(IDLE_SECONDS - 60);
    expect(await kindOf(1)).toBe('rotated');
  });

  it('rotates once for a hundred statements at once, repeats ten times, and takes the rest for a replay', async () => {
    const outcomes = await Promise.all(Array.from({ length: 100 }, () => kindOf(0)));
    const count = (kind: string) => outcomes.filter((outcome) => outcome === kind).length;
    expect([count('rotated'), count('repeated'), count('replayed'), count('unknown')]).toEqual([
      1, 10, 1, 88,
    ]);
  });
});
