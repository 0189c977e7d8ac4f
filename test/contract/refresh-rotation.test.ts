import { beforeEach, expect, it } from 'vitest';
import { SESSION_LIMITS } from '../../src/core/sessions/session-limits.ts';
import type { Session } from '../../src/core/sessions/session-store.ts';
import { createId } from '../../src/identity/ids.ts';
import { addUser, describeStores, newSession, randomTokenHash } from './stores-under-test.ts';

const IDLE_SECONDS = 1800;
const IDLE = { bearerIdleSeconds: IDLE_SECONDS, cookieIdleSeconds: IDLE_SECONDS / 2 };

describeStores('the rotation of refresh tokens', (stores) => {
  let session: Session;
  beforeEach(async () => {
    session = await stores.sessions.begin(newSession((await addUser(stores.users)).id));
  });

  const rotate = (counter: number, sessionId = session.id) =>
    stores.sessions.rotateRefreshToken({ sessionId, counter, idle: IDLE });
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
    await stores.advanceSeconds(28);
    expect(await kindOf(0)).toBe('repeated');
    await stores.advanceSeconds(3);
    expect(await kindOf(0)).toBe('replayed');
  });

  it('takes a spent token for stolen once its successor was used, and leaves other sessions of the user', async () => {
    const other = await stores.sessions.begin(newSession(session.userId));
    await rotate(0);
    await rotate(1);
    const replayed = await rotate(0);
    expect(replayed).toMatchObject({ kind: 'replayed', session: { endedAt: expect.any(Date) } });
    expect((await stores.sessions.listEnded(60)).map(({ sessionId }) => sessionId)).toContain(session.id);
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
