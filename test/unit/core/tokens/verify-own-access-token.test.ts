import { describe, expect, it } from 'vitest';
import type { PublicJwk } from '../../../../src/core/keys/public-key-set.ts';
import { createVerifyOwnAccessToken } from '../../../../src/core/tokens/verify-own-access-token.ts';
import { UnavailableError } from '../../../../src/lib/unavailable-error.ts';
import { createManualClock } from '../../../support/memory-stores/memory-stores.ts';
import {
  AUDIENCE,
  assembleToken,
  CLIENT_ID,
  DOCTOR_ID,
  OWN_ISSUER,
  ownClaims,
  signClientToken,
  signToken,
  signWithHeader,
  TOKEN_TIME,
  testKey,
} from '../../../support/tokens/tokens.ts';

const key = await testKey('ES256');
const published = (keys = [key]) =>
  keys.map(
    ({ publicJwk, kid, algorithm }): PublicJwk => ({
      ...(publicJwk as Record<string, string>),
      kty: String(publicJwk.kty),
      kid,
      use: 'sig',
      alg: algorithm,
    }),
  );

function start() {
  const clock = createManualClock();
  const set = { keys: published() };
  const options = { issuer: OWN_ISSUER, audience: AUDIENCE, clock: clock.now };
  const verify = createVerifyOwnAccessToken({ ...options, keySet: async () => ({ keys: set.keys }) });
  const verdict = async (token: string) => {
    const outcome = await verify(token);
    return outcome.ok ? outcome.value.kind : outcome.reason;
  };
  return { clock, set, verify, verdict, options };
}

describe('our own access tokens', () => {
  it('are told apart into those of users and those of clients, with their claims', async () => {
    const { verify } = start();
    const user = { kind: 'user', claims: { sub: DOCTOR_ID, roles: ['doctor'] } };
    expect(await verify(await signToken({}, { key }))).toMatchObject({ ok: true, value: user });
    const client = { kind: 'client', claims: { sub: CLIENT_ID } };
    expect(await verify(await signClientToken({}, { key }))).toMatchObject({ ok: true, value: client });
    const narrow = { aud: 'alerts', client_id: CLIENT_ID, act: { sub: CLIENT_ID } };
    const exchanged = { kind: 'user', claims: narrow };
    expect(await verify(await signToken(narrow, { key }))).toMatchObject({ ok: true, value: exchanged });
  });

  it('are good until the second in which they expire', async () => {
    const { verdict, clock } = start();
    const token = await signToken({}, { key });
    clock.advanceSeconds(899);
    expect(await verdict(token)).toBe('user');
    clock.advanceSeconds(1);
    expect(await verdict(token)).toBe('expired');
  });

  it('are good while their key is published, and no longer', async () => {
    const { verdict, set } = start();
    const token = await signToken({}, { key });
    expect(await verdict(token)).toBe('user');
    set.keys = published([await testKey('ES256', 'key-2')]);
    expect(await verdict(token)).toBe('malformed');
  });

  it('cannot be judged while no key can be read', async () => {
    const keySet = async () => {
      throw new UnavailableError('database', 'gone');
    };
    const verify = createVerifyOwnAccessToken({ ...start().options, keySet });
    await expect(verify(await signToken({}, { key }))).rejects.toThrow(UnavailableError);
  });

  it.each<[string, Record<string, unknown>]>([
    ['of another issuer', { iss: `${OWN_ISSUER}/` }],
    ['of nobody', { sub: undefined }],
    ['of an API key', { sub: `apk_${'a'.repeat(32)}` }],
    ['without a session', { sid: undefined }],
    ['of a session that is none of ours', { sid: 'x' }],
    ['without an end', { exp: undefined }],
    ['with an end that is a fraction', { exp: TOKEN_TIME + 0.5 }],
    ['without a beginning', { iat: undefined }],
    ['from the future', { iat: TOKEN_TIME + 11 }],
    ['without an id', { jti: undefined }],
    ['with an id that is none of ours', { jti: 'x' }],
    ['with a role that is no role name', { roles: ['a,admin'] }],
    ['without roles', { roles: undefined }],
    ['for two audiences', { aud: [AUDIENCE, 'alerts'] }],
    ['for one service, and nobody acts', { aud: 'alerts' }],
  ])('are none that are %s', async (_what, claims) => {
    expect(await start().verdict(await signToken(claims, { key }))).toBe('malformed');
  });

  it.each([undefined, 'JWT', 'logout+jwt', 'token-introspection+jwt', 'client-authentication+jwt'])(
    'are none of the type %s',
    async (typ) => {
      expect(await start().verdict(await signToken({}, { key, header: { typ } }))).toBe('malformed');
    },
  );

  it('are none that nobody of ours signed', async () => {
    const { verdict } = start();
    const header = { alg: 'ES256', kid: key.kid, typ: 'at+jwt' };
    const good = await signToken({}, { key });
    for (const token of [
      '',
      '..',
      'a.b.c',
      '.'.repeat(100_000),
      'x'.repeat(1_000_000),
      `${good}.`,
      good.slice(0, -8),
      assembleToken({ ...header, alg: 'none' }, ownClaims()),
      assembleToken(header, ownClaims()),
      await signToken({}, { key: await testKey('ES256', 'key-2') }),
      await signToken({}, { key: { ...(await testKey('ES256', 'key-2')), kid: key.kid } }),
      await signWithHeader({ ...header, crit: ['x'], x: 1 }, ownClaims(), key),
    ])
      expect(await verdict(token), token.slice(0, 80)).toBe('malformed');
  });
});
