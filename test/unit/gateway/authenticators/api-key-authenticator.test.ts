import { describe, expect, it } from 'vitest';
import { createApiKeyAuthenticator } from '../../../../src/gateway/authenticators/api-key-authenticator.ts';
import type { ActiveApiKey } from '../../../../src/gateway/machine-lookup.ts';
import { createApiKey } from '../../../../src/identity/api-key.ts';
import { createId } from '../../../../src/identity/ids.ts';
import { UnavailableError } from '../../../../src/lib/unavailable-error.ts';
import { createManualClock } from '../../../support/memory-stores/memory-stores.ts';

const KEY: ActiveApiKey = {
  id: createId('api_key'),
  roles: ['exporter'],
  scopes: ['patients:read'],
  expiresAt: undefined,
};

function start(answer: () => ActiveApiKey | undefined) {
  const clock = createManualClock();
  const asked: string[] = [];
  const kept: Promise<unknown>[] = [];
  const authenticator = createApiKeyAuthenticator({
    machines: {
      findApiKey: async (key) => {
        asked.push(key);
        return answer();
      },
      isActive: async () => true,
    },
    fingerprint: (text) => text,
    clock: clock.now,
    keepAlive: (work) => void kept.push(work),
  });
  const show = (key: string) => authenticator.authenticate({ kind: 'api_key', key, fromCookie: false });
  return { authenticator, asked, kept, clock, show };
}

describe('the authenticator of API keys', () => {
  it('makes a principal with the roles and scopes of the key, and no session', async () => {
    const { show, kept } = start(() => KEY);
    expect(await show(createApiKey())).toEqual({
      kind: 'authenticated',
      principal: {
        kind: 'api_key',
        subject: KEY.id,
        username: undefined,
        sessionId: undefined,
        issuerId: 'wardgate',
        authenticatedBy: 'api_key',
        roles: ['exporter'],
        scopes: new Set(['patients:read']),
        claims: { sub: KEY.id, roles: ['exporter'], scope: 'patients:read' },
        expiresAt: Number.POSITIVE_INFINITY,
      },
    });
    expect(kept).toHaveLength(1);
  });

  it('leaves other credentials alone', () => {
    const { authenticator, asked } = start(() => KEY);
    expect(authenticator.authenticate({ kind: 'access_token', token: 't', fromCookie: false })).toEqual({
      kind: 'not_applicable',
    });
    expect(asked).toEqual([]);
  });

  it('refuses what is not written as a key without asking', async () => {
    const { show, asked } = start(() => KEY);
    for (const key of ['wg_k', `wgk_${'A'.repeat(49)}`, KEY.id])
      expect(await show(key)).toEqual({ kind: 'rejected', because: 'malformed' });
    expect(asked).toEqual([]);
  });

  it('asks once a second for all who come with one key, and sees a revocation then', async () => {
    let found: ActiveApiKey | undefined = KEY;
    const { show, asked, clock } = start(() => found);
    const key = createApiKey();
    await Promise.all([show(key), show(key)]);
    found = undefined;
    expect(await show(key)).toMatchObject({ kind: 'authenticated' });
    expect(asked).toHaveLength(1);
    clock.advanceSeconds(1);
    expect(await show(key)).toEqual({ kind: 'rejected', because: 'api_key_unknown' });
    found = KEY;
    expect(await show(key)).toMatchObject({ kind: 'rejected' });
    expect(asked).toHaveLength(2);
  });

  it('says that it cannot tell while the core cannot, and asks again at once', async () => {
    let down = true;
    const { show } = start(() => {
      if (down) throw new UnavailableError('core', 'gone');
      return KEY;
    });
    const key = createApiKey();
    expect(await show(key)).toEqual({ kind: 'unavailable', dependency: 'core' });
    down = false;
    expect(await show(key)).toMatchObject({ kind: 'authenticated' });
  });

  it('refuses a remembered key from the second on in which it expires', async () => {
    const { show, clock } = start(() => ({ ...KEY, expiresAt: Date.UTC(2026, 0, 15, 12) / 1000 + 1 }));
    const key = createApiKey();
    expect(await show(key)).toMatchObject({ kind: 'authenticated' });
    clock.advanceSeconds(1);
    expect(await show(key)).toEqual({ kind: 'rejected', because: 'expired' });
  });

  it.each([
    ['an id that is none of a key', { id: createId('user') }],
    ['two roles in one', { roles: ['a,admin'] }],
  ])('refuses %s', async (_what, differences) => {
    const { show } = start(() => ({ ...KEY, ...differences }));
    expect(await show(createApiKey())).toMatchObject({ kind: 'rejected' });
  });
});
