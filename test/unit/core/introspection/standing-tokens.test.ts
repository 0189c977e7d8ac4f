import { describe, expect, it } from 'vitest';
import { createStands } from '../../../../src/core/introspection/standing-tokens.ts';
import type { RevocationStanding } from '../../../../src/core/introspection/token-authentication.ts';
import { SESSION_LIMITS } from '../../../../src/core/sessions/session-limits.ts';
import type { SessionStore } from '../../../../src/core/sessions/session-store.ts';
import type { Principal } from '../../../../src/identity/principal.ts';
import { addUser, newSession } from '../../../contract/stores-under-test.ts';
import { createManualClock, createMemoryStores } from '../../../support/memory-stores.ts';

async function start(lifetimeSeconds = 1000) {
  const clock = createManualClock();
  const stores = createMemoryStores(clock.now);
  const { id } = await addUser(stores.users);
  const session = await stores.sessions.begin(newSession(id, { lifetimeSeconds }));
  const state = { standing: 'not_listed' as RevocationStanding, questions: 0, hold: Promise.resolve() };
  const sessions: SessionStore = {
    ...stores.sessions,
    async findActiveById(...asked) {
      state.questions += 1;
      const found = await stores.sessions.findActiveById(...asked);
      await state.hold;
      return found;
    },
  };
  const limits = { ...SESSION_LIMITS, bearerIdleSeconds: 300 };
  const tokens = { revocationOf: () => state.standing };
  const stands = createStands({ sessions, clientStore: stores.clients, limits, tokens, clock: clock.now });
  const principal = { kind: 'user', subject: id, sessionId: session.id, tokenId: 'jti_1' } as Principal;
  return { clock, stores, state, principal, session, check: () => stands(principal) };
}

describe('what a token stands on', () => {
  it('is asked about once, also by many at once, while what is known of revocations is current', async () => {
    const { state, check } = await start();
    expect(await Promise.all(Array.from({ length: 20 }, check))).toEqual(Array(20).fill(true));
    expect(check()).toBe(true);
    expect(state.questions).toBe(1);
  });

  it('is asked about each second while it is not current', async () => {
    const { state, clock, check } = await start();
    state.standing = 'not_current';
    for (let second = 0; second < 3; second += 1) {
      expect(await check()).toBe(true);
      expect(check()).toBe(true);
      clock.advanceSeconds(1);
    }
    expect(state.questions).toBe(3);
  });

  it('is over at once when it is listed, and a slow question that ends afterwards brings nothing back', async () => {
    const { state, check } = await start();
    let release = () => {};
    state.hold = new Promise((resolve) => {
      release = resolve;
    });
    const slow = check();
    state.standing = 'revoked';
    expect(check()).toBe(false);
    release();
    expect(await slow).toBe(false);
    expect(check()).toBe(false);
  });

  it('is asked about again once its session may have lain idle for too long', async () => {
    const { state, clock, check } = await start();
    expect(await check()).toBe(true);
    clock.advanceSeconds(299);
    expect(check()).toBe(true);
    clock.advanceSeconds(2);
    expect(await check()).toBe(false);
    expect(state.questions).toBe(2);
  });

  it('is not remembered as over, nor where the store could not tell', async () => {
    const { state, stores, session, principal, check } = await start();
    state.hold = Promise.reject(new Error('down'));
    await expect(check()).rejects.toThrow('down');
    state.hold = Promise.resolve();
    await stores.sessions.end(session.id, principal.subject);
    for (let times = 0; times < 2; times += 1) expect(await check()).toBe(false);
    expect(state.questions).toBe(3);
  });

  it('is another user’s session for nobody', async () => {
    const { state, stores, session, check, principal } = await start();
    expect(session.userId).toBe(principal.subject);
    const other = await addUser(stores.users);
    Object.assign(principal, { subject: other.id });
    expect(await check()).toBe(false);
    expect(state.questions).toBe(1);
  });
});
