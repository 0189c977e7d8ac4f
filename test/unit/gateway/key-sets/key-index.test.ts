import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { createKeyIndex } from '../../../../src/gateway/key-sets/key-index.ts';
import { SIGNATURE_ALGORITHMS, type SignatureAlgorithm } from '../../../../src/gateway/policy/policy.ts';
import { testKey } from '../../../support/tokens/tokens.ts';

const rsa = (await testKey('RS256')).publicJwk;
const p256 = (await testKey('ES256')).publicJwk;
const p384 = (await testKey('ES384')).publicJwk;
const ed25519 = (await testKey('EdDSA')).publicJwk;

async function algorithmsOf(jwk: JWK): Promise<SignatureAlgorithm[]> {
  const index = await createKeyIndex([jwk]);
  return SIGNATURE_ALGORITHMS.filter((algorithm) => index.match(undefined, algorithm).kind === 'found');
}

describe('a key', () => {
  it.each<[string, JWK, SignatureAlgorithm[]]>([
    ['RSA serves the RSA algorithms', rsa, ['RS256', 'RS384', 'RS512', 'PS256']],
    ['RSA with alg serves that one', { ...rsa, alg: 'PS256' }, ['PS256']],
    ['P-256 serves ES256', p256, ['ES256']],
    ['P-384 serves ES384', p384, ['ES384']],
    ['Ed25519 serves EdDSA', ed25519, ['EdDSA']],
    ['Ed25519 under its newer name serves EdDSA', { ...ed25519, alg: 'Ed25519' }, ['EdDSA']],
    ['use sig and key_ops verify are fine', { ...p256, use: 'sig', key_ops: ['verify'] }, ['ES256']],
    ['one for encryption serves none', { ...rsa, use: 'enc' }, []],
    ['one for other operations serves none', { ...p256, key_ops: ['sign'] }, []],
    ['one of an algorithm that is not its type serves none', { ...p256, alg: 'RS256' }, []],
    ['one of a symmetric algorithm serves none', { ...rsa, alg: 'HS256' }, []],
    ['a secret serves none', { kty: 'oct', k: 'AAAA' }, []],
    ['one with its private part serves none', { ...p256, d: 'AAAA' }, []],
    ['one with another curve named serves none', { ...p256, crv: 'P-384' }, []],
    ['a point off the curve serves none', { ...p256, y: p256.x ?? '' }, []],
    ['RSA with the exponent 1 serves none', { ...rsa, e: 'AQ' }, []],
    ['RSA with an even exponent serves none', { ...rsa, e: 'AQAA' }, []],
    ['one with a number for kid serves none', { ...p256, kid: 1 as unknown as string }, []],
    ['one without members serves none', {}, []],
    ['one with numbers for members serves none', { kty: 'RSA', n: 1, e: 1 } as unknown as JWK, []],
  ])('%s', async (_name, jwk, algorithms) => {
    expect(await algorithmsOf(jwk)).toEqual(algorithms);
  });

  it('of RSA below 2048 bits serves none', async () => {
    const parameters = {
      name: 'RSASSA-PKCS1-v1_5',
      hash: 'SHA-256',
      publicExponent: new Uint8Array([1, 0, 1]),
    };
    for (const [modulusLength, count] of [
      [1024, 0],
      [2040, 0],
      [2048, 4],
    ] as const) {
      const { publicKey } = await crypto.subtle.generateKey({ ...parameters, modulusLength }, true, [
        'verify',
        'sign',
      ]);
      const { kty, n, e } = await crypto.subtle.exportKey('jwk', publicKey);
      expect(await algorithmsOf({ kty, n, e } as JWK)).toHaveLength(count);
    }
  });

  it('that is no use does not spoil the set', async () => {
    const index = await createKeyIndex([{ kty: 'oct', k: 'AAAA', kid: 'key-1' }, { kty: 'XYZ' }, p256]);
    expect(index.match('key-1', 'ES256').kind).toBe('found');
  });
});

describe('the match', () => {
  it('is by kid and algorithm both', async () => {
    const index = await createKeyIndex([
      { ...rsa, kid: 'a' },
      { ...p256, kid: 'b' },
    ]);
    expect(index.match('a', 'RS256').kind).toBe('found');
    expect(index.match('a', 'ES256').kind).toBe('unknown');
    expect(index.match('b', 'RS256').kind).toBe('unknown');
  });

  it('without kid is the only key that fits, and ambiguous where several do', async () => {
    const other = await exportJWK((await generateKeyPair('ES256')).publicKey);
    const index = await createKeyIndex([rsa, p256, other]);
    expect(index.match(undefined, 'RS256').kind).toBe('found');
    expect(index.match(undefined, 'ES256').kind).toBe('ambiguous');
    expect(index.match(undefined, 'EdDSA').kind).toBe('unknown');
  });

  it('of a kid that two keys of one algorithm have is ambiguous', async () => {
    const other = await exportJWK((await generateKeyPair('ES256')).publicKey);
    const index = await createKeyIndex([p256, { ...other, kid: 'key-1' }, { ...rsa, kid: 'key-1' }]);
    expect(index.match('key-1', 'ES256').kind).toBe('ambiguous');
    expect(index.match('key-1', 'RS256').kind).toBe('found');
  });

  it('of names with delimiters does not mix kid and algorithm', async () => {
    const index = await createKeyIndex([{ ...p256, kid: 'RS256:x' }]);
    expect(index.match('x', 'RS256').kind).toBe('unknown');
    expect(index.match('RS256:x', 'ES256').kind).toBe('found');
    expect(index.match('__proto__', 'ES256').kind).toBe('unknown');
  });
});
