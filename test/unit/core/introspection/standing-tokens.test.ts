import { describe, expect, it } from 'vitest';
import type { SubjectStanding } from '../../../../src/core/exchange/subject-standing.ts';
import { createStands } from '../../../../src/core/introspection/standing-tokens.ts';
import type { RevocationStanding } from '../../../../src/core/introspection/token-authentication.ts';
import { createId } from '../../../../src/identity/ids.ts';
import type { Principal } from '../../../../src/identity/principal.ts';
import { addClient, addUser, newSession } from '../../../contract/stores-under-test.ts';
import { SESSION_LIMITS } from '../../../support/core/session-limits.ts';
import { buildPrincipal } from '../../../support/gateway/policies.ts';
import { createManualClock, createMemoryStores } from '../../../support/memory-stores/memory-stores.ts';

async function start(lifetimeSeconds = 1000) {
  const clock = createManualClock();
  const stores = createMemoryStores(clock.now);
  const { id } = await addUser(stores.users);
  const session = await stores.sessions.begin(newSession(id, { lifetimeSeconds }));
  const state = { standing: 'not_listed' as RevocationStanding, questions: 0, hold: Promise.resolve() };
  const subjectStanding: SubjectStanding = {
    async findStanding(...asked) {
      state.questions += 1;
      const found = await stores.subjectStanding.findStanding(...asked);
      await state.hold;
      return found;
    },
  };
  const limits = { ...SESSION_LIMITS, bearerIdleSeconds: 300 };
  const tokens = { revocationOf: () => state.standing };
  const clientStore = stores.clients;
  const stands = createStands({ subjectStanding, clientStore, limits, tokens, clock: clock.now });
  const principal: Principal = buildPrincipal({
    subject: id,
    sessionId: session.id,
    tokenId: createId('token'),
    issuedAt: clock.now() / 1000,
  });
  return { clock, stores, state, principal, session, stands, check: () => stands(principal) };
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

  it('is over while it is not current for a token that was revoked alone, and for no other of its session', async () => {
    const { state, stores, principal, stands, clock } = await start();
    state.standing = 'not_current';
    const other = { ...principal, tokenId: createId('token') };
    await stores.revocationLog.revokeToken(String(principal.tokenId));
    expect([await stands(principal), await stands(other)]).toEqual([false, true]);
    await stores.revocationLog.revokeToken(other.tokenId);
    clock.advanceSeconds(1);
    expect(await stands(other)).toBe(false);
  });

  it('is over while it is not current for a client’s token that was revoked alone', async () => {
    const { state, stores, stands } = await start();
    state.standing = 'not_current';
    const { id: subject } = await addClient(stores.clients);
    const [revoked, other] = [createId('token'), createId('token')];
    const ofClient = (tokenId: string) =>
      buildPrincipal({ kind: 'client', subject, sessionId: undefined, tokenId, roles: [] });
    await stores.revocationLog.revokeToken(revoked);
    expect([await stands(ofClient(revoked)), await stands(ofClient(other))]).toEqual([false, true]);
  });

  it.each(['the one that acts', 'an earlier one'])(
    'is over while it is not current where a client that a token came through was disabled: %s',
    async (which) => {
      const { state, stores, principal, stands } = await start();
      state.standing = 'not_current';
      const [acting, earlier] = [await addClient(stores.clients), await addClient(stores.clients)];
      const claims = { client_id: acting.id, act: { sub: acting.id, act: { sub: earlier.id } } };
      const exchanged = () => ({ ...principal, tokenId: createId('token'), claims });
      expect(await stands(exchanged())).toBe(true);
      await stores.clients.change((which === 'an earlier one' ? earlier : acting).id, { disabled: true });
      expect(await stands(exchanged())).toBe(false);
    },
  );
});
