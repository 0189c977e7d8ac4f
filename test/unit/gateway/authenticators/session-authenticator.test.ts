import { describe, expect, it } from 'vitest';
import { nodeFingerprint } from '../../../../src/entry/wiring/node-edge-parts.ts';
import { createSessionAuthenticator } from '../../../../src/gateway/authenticators/session-authenticator.ts';
import type { ActiveSession } from '../../../../src/gateway/session-lookup.ts';
import { UnavailableError } from '../../../../src/lib/unavailable-error.ts';
import { createManualClock } from '../../../support/memory-stores/memory-stores.ts';

const TOKEN = 'A'.repeat(43);
const START_SECONDS = createManualClock().now() / 1000;

const SESSION: ActiveSession = {
  sessionId: `ses_${'1'.repeat(32)}`,
  userId: `usr_${'2'.repeat(32)}`,
  username: 'patient@demo.test',
  roles: ['patient'],
  scopes: ['alerts:read'],
  patientId: 'p-100',
  doctorId: undefined,
  expiresAt: START_SECONDS + 3600,
};

function setUp(options: { readonly rememberedMax?: number; readonly rememberSeconds?: number } = {}) {
  const clock = createManualClock();
  const core = {
    session: SESSION as ActiveSession | undefined,
    failure: undefined as Error | undefined,
    hold: undefined as Promise<void> | undefined,
    lookups: 0,
  };
  const authenticator = createSessionAuthenticator({
    sessions: {
      async findByToken() {
        core.lookups += 1;
        const { session } = core;
        await core.hold;
        if (core.failure !== undefined) throw core.failure;
        return session;
      },
      isActive: async () => true,
    },
    fingerprint: nodeFingerprint,
    clock: clock.now,
    ...options,
  });
  const judge = (token = TOKEN) =>
    authenticator.authenticate({ kind: 'session_token', token, fromCookie: true });
  return { clock, core, authenticator, judge };
}

describe('a session token', () => {
  it('has the claims that tell how and when the user was authenticated, where the core tells them', async () => {
    const { core, judge } = setUp();
    core.session = { ...SESSION, authTime: START_SECONDS, acr: 'aal1', amr: ['pwd'] };
    expect(await judge()).toMatchObject({
      principal: { claims: { auth_time: START_SECONDS, acr: 'aal1', amr: ['pwd'] } },
    });
  });

  it('of an active session becomes the principal of its user, with the claims that a token would have', async () => {
    expect(await setUp().judge()).toEqual({
      kind: 'authenticated',
      principal: {
        kind: 'user',
        subject: SESSION.userId,
        username: 'patient@demo.test',
        sessionId: SESSION.sessionId,
        issuerId: 'wardgate',
        authenticatedBy: 'session',
        roles: ['patient'],
        scopes: new Set(['alerts:read']),
        claims: {
          sub: SESSION.userId,
          sid: SESSION.sessionId,
          username: 'patient@demo.test',
          roles: ['patient'],
          scope: 'alerts:read',
          patient_id: 'p-100',
        },
        expiresAt: SESSION.expiresAt,
      },
    });
  });

  it('that the core does not know is rejected', async () => {
    const { core, judge } = setUp();
    core.session = undefined;
    expect(await judge()).toEqual({ kind: 'rejected', because: 'session_unknown' });
  });

  it.each([
    '',
    'A'.repeat(42),
    'A'.repeat(44),
    `${'A'.repeat(42)}=`,
    `${'A'.repeat(42)}B`,
    `${'A'.repeat(42)}.`,
    'A'.repeat(1e6),
  ])('of another shape is rejected without asking the core (%#)', (token) => {
    const { core, judge } = setUp();
    expect(judge(token)).toEqual({ kind: 'rejected', because: 'session_unknown' });
    expect(core.lookups).toBe(0);
  });

  it('whose session could not be looked up is unavailable, and asked for again at once', async () => {
    const { core, judge } = setUp();
    core.failure = new UnavailableError('database', 'down');
    expect(await judge()).toEqual({ kind: 'unavailable', dependency: 'database' });
    core.failure = undefined;
    expect(await judge()).toMatchObject({ kind: 'authenticated' });
  });

  it('that meets a bug of the lookup does not hide it', async () => {
    const { core, judge } = setUp();
    core.failure = new TypeError('bug');
    await expect(async () => judge()).rejects.toThrow('bug');
  });

  it.each<[Partial<ActiveSession>, string]>([
    [{ username: 'a\r\nb' }, 'claim_unwritable'],
    [{ roles: ['a,admin'] }, 'claim_malformed'],
  ])('of a session with %j is rejected', async (change, because) => {
    const { core, judge } = setUp();
    core.session = { ...SESSION, ...change };
    expect(await judge()).toEqual({ kind: 'rejected', because });
  });

  it('is not asked for with another kind of credential', () => {
    const { authenticator } = setUp();
    const answer = authenticator.authenticate({ kind: 'access_token', token: TOKEN, fromCookie: false });
    expect(answer).toEqual({ kind: 'not_applicable' });
  });
});

describe('what the core told', () => {
  it('is used at once for a second, a no as well, and no longer', async () => {
    for (const session of [SESSION, undefined]) {
      const { clock, core, judge } = setUp();
      core.session = session;
      const first = await judge();
      clock.advanceSeconds(0.999);
      expect(judge()).toEqual(first);
      expect(core.lookups).toBe(1);
      clock.advanceSeconds(0.001);
      await judge();
      expect(core.lookups).toBe(2);
    }
  });

  it('is never used for longer than a second, whatever is configured', async () => {
    const { clock, core, judge } = setUp({ rememberSeconds: 60 });
    await judge();
    core.session = undefined;
    clock.advanceSeconds(1);
    expect(await judge()).toMatchObject({ kind: 'rejected' });
  });

  it('is asked for once by all who come together', async () => {
    const { core, judge } = setUp();
    const answers = await Promise.all(Array.from({ length: 100 }, () => judge()));
    expect(new Set(answers).size).toBe(1);
    expect(core.lookups).toBe(1);
  });

  it('does not bring an ended session back when the lookup was slow', async () => {
    const { clock, core, judge } = setUp();
    const gate = Promise.withResolvers<void>();
    core.hold = gate.promise;
    const slow = judge();
    core.session = undefined;
    core.hold = undefined;
    clock.advanceSeconds(1);
    expect(await judge()).toMatchObject({ kind: 'rejected' });
    gate.resolve();
    expect(await slow).toMatchObject({ kind: 'authenticated' });
    expect(await judge()).toMatchObject({ kind: 'rejected' });
  });

  it('ends with the session’s own time', async () => {
    const { clock, core, judge } = setUp();
    core.session = { ...SESSION, expiresAt: START_SECONDS + 0.5 };
    expect(await judge()).toMatchObject({ kind: 'authenticated' });
    clock.advanceSeconds(0.5);
    expect(judge()).toEqual({ kind: 'rejected', because: 'expired' });
  });

  it('is bounded in number: the oldest goes first', async () => {
    const { core, judge } = setUp({ rememberedMax: 2 });
    const tokens = ['A', 'E', 'I'].map((last) => 'A'.repeat(42) + last);
    for (const token of tokens) await judge(token);
    await judge(tokens[2]);
    await judge(tokens[1]);
    expect(core.lookups).toBe(3);
    await judge(tokens[0]);
    expect(core.lookups).toBe(4);
  });
});
