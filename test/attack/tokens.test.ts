import { createHmac } from 'node:crypto';
import { exportSPKI } from 'jose';
import { describe, expect, it } from 'vitest';
import { createTestAuthenticator } from '../support/gateway/jwt-authenticator.ts';
import {
  assembleToken,
  ownClaims,
  signForeignToken,
  signToken,
  signWithHeader,
  TOKEN_TIME,
  testKey,
} from '../support/tokens/tokens.ts';

const key = await testKey();
const foreignKey = await testKey('RS256', 'foreign');

describe('30: algorithms', () => {
  it.each(['none', 'None', 'NONE', 'nOnE', ''])(
    'refuses alg %j, with and without a signature',
    async (alg) => {
      const { verdict } = await createTestAuthenticator();
      const header = { alg, kid: key.kid, typ: 'at+jwt' };
      expect(await verdict(assembleToken(header, ownClaims()))).toBe('algorithm_not_allowed');
      expect(await verdict(await signWithHeader(header, ownClaims(), key))).toBe('algorithm_not_allowed');
    },
  );

  it.each(['HS256', 'HS384', 'HS512', 'hs256'])('refuses %s with the public key as secret', async (alg) => {
    const { verdict } = await createTestAuthenticator();
    const publicKey = await crypto.subtle.importKey(
      'jwk',
      key.publicJwk as JsonWebKey,
      { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
      true,
      ['verify'],
    );
    for (const secret of [
      await exportSPKI(publicKey),
      JSON.stringify(key.publicJwk),
      key.publicJwk.n ?? '',
    ]) {
      const unsigned = assembleToken({ alg, kid: key.kid, typ: 'at+jwt' }, ownClaims());
      const mac = createHmac('sha256', secret).update(unsigned.slice(0, -1)).digest('base64url');
      expect(await verdict(unsigned + mac)).toBe('algorithm_not_allowed');
    }
  });

  it.each([1, null, ['RS256'], { toString: 'RS256' }, undefined])('refuses alg %j', async (alg) => {
    const { verdict } = await createTestAuthenticator();
    const header = { alg, kid: key.kid, typ: 'at+jwt' };
    expect(await verdict(await signWithHeader(header, ownClaims(), key))).toBe('algorithm_not_allowed');
  });

  it('refuses an algorithm that the issuer is not allowed, though its key would fit', async () => {
    const { verdict } = await createTestAuthenticator();
    for (const alg of ['RS384', 'PS256', 'rs256', 'ES384'])
      expect(
        await verdict(await signWithHeader({ alg, kid: key.kid, typ: 'at+jwt' }, ownClaims(), key)),
      ).toBe('algorithm_not_allowed');
  });

  it('refuses a key whose type does not fit the algorithm', async () => {
    const { verdict, ownKeys } = await createTestAuthenticator();
    ownKeys.keys = [{ ...(await testKey('ES256')).publicJwk, kid: 'key-1' }];
    expect(await verdict(await signToken())).toBe('key_unknown');
    ownKeys.keys = [{ kty: 'oct', k: 'c2VjcmV0', kid: 'key-1' }];
    expect(await verdict(await signToken())).toBe('key_unknown');
  });
});

describe('31: kid', () => {
  it.each([
    '../../dev/null',
    "' OR 1=1 --",
    '/etc/passwd',
    'key-1\u0000',
    'KEY-1',
    ' key-1',
    '',
    '__proto__',
  ])('refuses %j', async (kid) => {
    const { verdict } = await createTestAuthenticator();
    expect(await verdict(await signToken({}, { header: { kid } }))).toBe('key_unknown');
  });

  it('refuses one of 257 characters and one of a megabyte without looking it up', async () => {
    const test = await createTestAuthenticator();
    expect(await test.verdict(await signToken({}, { header: { kid: 'k'.repeat(257) } }))).toBe('malformed');
    expect(await test.verdict(await signToken({}, { header: { kid: 'k'.repeat(1e6) } }))).toBe('too_large');
    expect(test.ownKeys.fetches).toBe(0);
  });

  it.each([1, null, ['key-1'], { 0: 'key-1' }])('refuses %j', async (kid) => {
    const { verdict } = await createTestAuthenticator();
    expect(await verdict(await signToken({}, { header: { kid } }))).toBe('malformed');
  });

  it('is looked up in the set of the token’s issuer alone', async () => {
    const test = await createTestAuthenticator();
    test.foreignKeys.keys = [foreignKey.publicJwk];
    expect(await test.verdict(await signForeignToken({}, { key: foreignKey }))).toBe('authenticated');
    expect(await test.verdict(await signToken({}, { key: foreignKey }))).toBe('key_unknown');
    expect(await test.verdict(await signForeignToken({}, { key }))).toBe('key_unknown');
    const otherKeySameName = await testKey('RS256', 'other');
    const token = await signToken({}, { key: { ...otherKeySameName, kid: 'key-1' } });
    expect(await test.verdict(token)).toBe('signature_invalid');
  });

  it('may be missing only where one key fits', async () => {
    const { verdict, ownKeys } = await createTestAuthenticator();
    ownKeys.keys = [key.publicJwk, foreignKey.publicJwk];
    expect(await verdict(await signToken({}, { header: { kid: undefined } }))).toBe('key_ambiguous');
  });
});

describe('32: keys in the header', () => {
  it('causes no request and no trust by jku, x5u, jwk or x5c', async () => {
    const test = await createTestAuthenticator();
    const attacker = await testKey('RS256', 'attacker');
    const members = [
      { jku: 'https://attacker.test/keys' },
      { x5u: 'https://attacker.test/cert' },
      { jwk: attacker.publicJwk },
      { x5c: ['MIIB'] },
    ];
    await test.verdict(await signToken());
    const fetches = test.ownKeys.fetches;
    for (const member of members) {
      const header = { alg: 'RS256', typ: 'at+jwt', kid: key.kid, ...member };
      expect(await test.verdict(await signWithHeader(header, ownClaims(), attacker))).toBe(
        'signature_invalid',
      );
    }
    expect(test.ownKeys.fetches).toBe(fetches);
  });
});

describe('33: forms', () => {
  it.each([
    { crit: ['exp'] },
    { crit: [] },
    { crit: 'b64' },
    { crit: ['b64'], b64: false },
    { b64: false },
    { b64: true },
  ])('refuses the header %j', async (members) => {
    const { verdict } = await createTestAuthenticator();
    const header = { alg: 'RS256', kid: key.kid, typ: 'at+jwt', ...members };
    expect(await verdict(await signWithHeader(header, ownClaims(), key))).toBe('critical_header_unknown');
  });

  it('refuses JWEs and compressed tokens', async () => {
    const { verdict } = await createTestAuthenticator();
    expect(await verdict('eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.AAAA.AAAA.AAAA.AAAA')).toBe(
      'malformed',
    );
    for (const members of [{ enc: 'A256GCM' }, { zip: 'DEF' }]) {
      const header = { alg: 'RS256', kid: key.kid, typ: 'at+jwt', ...members };
      expect(await verdict(await signWithHeader(header, ownClaims(), key))).toBe('malformed');
    }
  });

  it('refuses what is no compact token before anything is hashed or looked up', async () => {
    const test = await createTestAuthenticator();
    expect(await test.verdict('.'.repeat(100_000))).toBe('too_large');
    expect(await test.verdict('a'.repeat(1_000_000))).toBe('too_large');
    for (const token of ['', '.', '..', 'a', 'a.b', 'a.b.c', 'a.b.c.d', '.'.repeat(8000), '{}.{}.', 'é.é.é'])
      expect(await test.verdict(token)).toBe('malformed');
    expect(test.ownKeys.fetches).toBe(0);
  });

  it('refuses every other spelling of a good token', async () => {
    const { verdict } = await createTestAuthenticator();
    const token = await signToken();
    const [header = '', payload = '', signature = ''] = token.split('.');
    // The last character of a 256 byte signature carries two bits that no byte needs.
    const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const unusedBits = `${signature.slice(0, -1)}${last[last.indexOf(signature.at(-1) ?? '') + 1]}`;
    const spellings = [
      `${token}=`,
      `${token} `,
      ` ${token}`,
      `${token}\n`,
      `${header}=.${payload}.${signature}`,
      `${header}.${payload}.${unusedBits}`,
      `${header}.${payload.slice(0, 9)} ${payload.slice(9)}.${signature}`,
      `${header}.${payload}.${signature.replaceAll('-', '+').replaceAll('_', '/')}`,
    ];
    for (const spelling of spellings) expect(await verdict(spelling)).toBe('malformed');
    expect(await verdict(token)).toBe('authenticated');
  });

  it.each(['[]', 'null', '"x"', '1', '', '{', '\ufeff{}', '{"alg":"RS256"}x'])(
    'refuses %j as header or payload',
    async (text) => {
      const { verdict } = await createTestAuthenticator();
      expect(await verdict(await signWithHeader(text, ownClaims(), key))).toBe('malformed');
      expect(await verdict(await signWithHeader({ alg: 'RS256', typ: 'at+jwt' }, text, key))).toBe(
        'malformed',
      );
    },
  );
});

describe('34: a flood of unknown kids', () => {
  it('causes one fetch, and good tokens pass at once all the while', async () => {
    const test = await createTestAuthenticator();
    await test.verdict(await signToken());
    const payload = ownClaims();
    for (let number = 0; number < 10_000; number += 1) {
      const header = { alg: 'RS256', typ: 'at+jwt', kid: `random-${number}` };
      expect(await test.verdict(assembleToken(header, payload))).toBe('key_unknown');
      if (number % 1000 === 0)
        expect(await test.judge(await signToken({ jti: `jti-${number}` }))).toMatchObject({
          kind: 'authenticated',
        });
    }
    expect(test.ownKeys.fetches).toBe(2);
    expect(test.foreignKeys.fetches).toBe(0);
    test.clock.advanceSeconds(31);
    for (let number = 0; number < 100; number += 1)
      await test.verdict(assembleToken({ alg: 'RS256', typ: 'at+jwt', kid: `again-${number}` }, payload));
    expect(test.ownKeys.fetches).toBe(3);
  });
});

describe('40 and 41: what is remembered', () => {
  it('is judged afresh by another configuration of the issuer', async () => {
    const token = await signForeignToken();
    const lenient = await createTestAuthenticator();
    const strict = await createTestAuthenticator({ foreign: { audience: 'hospital' } });
    const mapped = await createTestAuthenticator({
      foreign: { roles: { claimPath: ['realm_access', 'roles'], map: new Map([['physician', 'doctor']]) } },
    });
    expect((await lenient.principal(token)).roles).toEqual(['offline_access', 'physician']);
    expect(await strict.verdict(token)).toBe('audience_mismatch');
    expect((await mapped.principal(token)).roles).toEqual(['doctor']);
  });

  it('holds facts alone: neither the token nor a verdict on a route', async () => {
    const { principal } = await createTestAuthenticator();
    const token = await signToken();
    expect(JSON.stringify(await principal(token))).not.toContain(token.split('.')[2]);
  });

  it('is found by the whole token: a good one does not vouch for its forged twin', async () => {
    const { verdict } = await createTestAuthenticator();
    const token = await signToken();
    expect(await verdict(token)).toBe('authenticated');
    const [header, , signature] = token.split('.');
    const forged = assembleToken({}, { ...ownClaims(TOKEN_TIME), roles: ['admin'] }).split('.')[1];
    expect(await verdict(`${header}.${forged}.${signature}`)).toBe('signature_invalid');
  });
});
