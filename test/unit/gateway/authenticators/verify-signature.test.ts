import { constants, KeyObject, sign } from 'node:crypto';
import type { JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { createNodeVerifier } from '../../../../src/adapters/node/verify-signature-node.ts';
import { hasSignatureLength } from '../../../../src/gateway/authenticators/verify-signature.ts';
import { createWebCryptoVerifier } from '../../../../src/gateway/authenticators/web-crypto-verifier.ts';
import { createKeyIndex } from '../../../../src/gateway/key-sets/key-index.ts';
import type { VerificationKey } from '../../../../src/gateway/key-sets/verification-key.ts';
import { SIGNATURE_ALGORITHMS, type SignatureAlgorithm } from '../../../../src/gateway/policy/policy.ts';
import { decodeBase64url } from '../../../../src/oauth/base64url.ts';
import { JWS_VECTORS } from '../../../support/tokens/jws-vectors.ts';
import { type TestKey, testKey } from '../../../support/tokens/tokens.ts';

const INPUT = 'eyJhbGciOiJ4In0.e30';
const VERIFIERS = [
  ['node:crypto', createNodeVerifier()],
  ['Web Crypto', createWebCryptoVerifier()],
] as const;

async function importKey(jwk: JWK, algorithm: SignatureAlgorithm): Promise<VerificationKey> {
  const match = (await createKeyIndex([jwk])).match(jwk.kid, algorithm);
  if (match.kind !== 'found') throw new Error(`no key for ${algorithm}`);
  return match.key;
}

/** Signs by OpenSSL with whatever parameters a test wants, right or wrong. */
function signWith(key: TestKey, digest: string | undefined, parameters: object = {}, input = INPUT) {
  const privateKey = KeyObject.from(key.privateKey as Parameters<typeof KeyObject.from>[0]);
  return new Uint8Array(sign(digest, Buffer.from(input), { key: privateKey, ...parameters }));
}

const PKCS1 = { padding: constants.RSA_PKCS1_PADDING };
const pss = (saltLength: number) => ({ padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });
const P1363 = { dsaEncoding: 'ieee-p1363' };
const GOOD: Readonly<Record<SignatureAlgorithm, readonly [string | undefined, object]>> = {
  RS256: ['sha256', PKCS1],
  RS384: ['sha384', PKCS1],
  RS512: ['sha512', PKCS1],
  PS256: ['sha256', pss(32)],
  ES256: ['sha256', P1363],
  ES384: ['sha384', P1363],
  EdDSA: [undefined, {}],
};

/** An algorithm, a digest and parameters that do not belong to it. */
const WRONG_PARAMETERS: readonly [string, SignatureAlgorithm, string | undefined, object][] = [
  ['PKCS1 padding for PS256', 'PS256', 'sha256', PKCS1],
  ['PSS padding for RS256', 'RS256', 'sha256', pss(32)],
  ['another digest for RS256', 'RS256', 'sha512', PKCS1],
  ['another digest for PS256', 'PS256', 'sha384', pss(32)],
  ['a PSS salt of no length', 'PS256', 'sha256', pss(0)],
  ['a PSS salt of 20 bytes', 'PS256', 'sha256', pss(20)],
  ['the longest PSS salt', 'PS256', 'sha256', pss(constants.RSA_PSS_SALTLEN_MAX_SIGN)],
  ['DER for ES256', 'ES256', 'sha256', { dsaEncoding: 'der' }],
  ['DER for ES384', 'ES384', 'sha384', { dsaEncoding: 'der' }],
  ['another digest for ES256', 'ES256', 'sha384', P1363],
  ['another digest for ES384', 'ES384', 'sha256', P1363],
];

const ORDER_P256 = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551';
const ORDER_ED25519 = 'edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010';

describe.each(VERIFIERS)('the verifier on %s', (_name, verify) => {
  it.each(JWS_VECTORS.map((vector) => [vector.name, vector] as const))(
    'accepts the example of %s',
    async (_, vector) => {
      const key = await importKey(vector.jwk, vector.algorithm);
      const signature = decodeBase64url(vector.signature) ?? new Uint8Array();
      expect(await verify(key, vector.signingInput, signature)).toBe(true);
      expect(await verify(key, `${vector.signingInput}A`, signature)).toBe(false);
    },
  );

  it.each(SIGNATURE_ALGORITHMS)('accepts a good signature of %s and no other', async (algorithm) => {
    const testing = await testKey(algorithm);
    const key = await importKey(testing.publicJwk, algorithm);
    const good = signWith(testing, ...GOOD[algorithm]);
    expect(await verify(key, INPUT, good)).toBe(true);
    expect(await verify(key, `${INPUT}x`, good)).toBe(false);
    for (const index of [0, 1, good.length >> 1, good.length - 1])
      expect(await verify(key, INPUT, good.with(index, (good[index] ?? 0) ^ 1))).toBe(false);
    const other = await importKey((await testKey(algorithm, 'other')).publicJwk, algorithm);
    expect(await verify(other, INPUT, good)).toBe(false);
  });

  it.each(SIGNATURE_ALGORITHMS)('refuses signatures of wrong lengths for %s', async (algorithm) => {
    const testing = await testKey(algorithm);
    const key = await importKey(testing.publicJwk, algorithm);
    const good = signWith(testing, ...GOOD[algorithm]);
    const wrong = [
      new Uint8Array(),
      good.slice(1),
      good.slice(0, -1),
      Uint8Array.of(0, ...good),
      Uint8Array.of(...good, 0),
      Uint8Array.of(...good, ...good),
    ];
    for (const signature of wrong) expect(await verify(key, INPUT, signature)).toBe(false);
  });

  it.each(['RS256', 'PS256'] as const)(
    'refuses a signature of %s whose leading zero was left out',
    async (algorithm) => {
      const testing = await testKey(algorithm);
      const key = await importKey(testing.publicJwk, algorithm);
      // One in 256 begins with a zero.
      for (let count = 0; ; count += 1) {
        const input = `${INPUT}${count}`;
        const signature = signWith(testing, ...GOOD[algorithm], input);
        if (signature[0] !== 0) continue;
        expect(await verify(key, input, signature)).toBe(true);
        expect(await verify(key, input, signature.slice(1))).toBe(false);
        return;
      }
    },
  );

  it.each(WRONG_PARAMETERS)('refuses %s', async (_case, algorithm, digest, parameters) => {
    const testing = await testKey(algorithm === 'PS256' ? 'RS256' : algorithm);
    const key = await importKey(testing.publicJwk, algorithm);
    expect(await verify(key, INPUT, signWith(testing, digest, parameters))).toBe(false);
  });

  it.each([
    ['r = s = 0', '00'.repeat(64)],
    ['r = 0, s = 1', `${'00'.repeat(63)}01`],
    ['r = 1, s = 0', `${'00'.repeat(31)}01${'00'.repeat(32)}`],
    ['r = s = the order', ORDER_P256 + ORDER_P256],
    ['r = s = the order and one', (ORDER_P256 + ORDER_P256).replaceAll('2551', '2552')],
    ['all ones', 'ff'.repeat(64)],
  ])('refuses ECDSA with %s (CVE-2022-21449)', async (_case, hex) => {
    const key = await importKey((await testKey('ES256')).publicJwk, 'ES256');
    expect(await verify(key, INPUT, Uint8Array.fromHex(hex))).toBe(false);
  });

  it('refuses an Ed25519 signature whose S is the same beyond the order (RFC 8032, section 5.1.7)', async () => {
    const testing = await testKey('EdDSA');
    const key = await importKey(testing.publicJwk, 'EdDSA');
    const good = signWith(testing, undefined);
    const order = Uint8Array.fromHex(ORDER_ED25519);
    let carry = 0;
    const malleated = good.map((byte, index) => {
      if (index < 32) return byte;
      carry += byte + (order[index - 32] ?? 0);
      const sum = carry & 0xff;
      carry >>= 8;
      return sum;
    });
    expect(await verify(key, INPUT, malleated)).toBe(false);
    expect(await verify(key, INPUT, new Uint8Array(64))).toBe(false);
  });
});

describe('hasSignatureLength', () => {
  it.each<[SignatureAlgorithm, number]>([
    ['RS256', 256],
    ['PS256', 256],
    ['ES256', 64],
    ['ES384', 96],
    ['EdDSA', 64],
  ])('holds for %s at %i bytes alone, whatever a runtime would make of others', async (algorithm, length) => {
    const key = await importKey((await testKey(algorithm)).publicJwk, algorithm);
    for (const bytes of [0, length - 1, length, length + 1, 70, 2 * length])
      expect(hasSignatureLength(key, new Uint8Array(bytes))).toBe(bytes === length);
  });
});
