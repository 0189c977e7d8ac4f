import { importJWK, type JWK } from 'jose';
import type { ClientKey } from './client-store.ts';

/** What clients may sign assertions with. */
export const CLIENT_KEY_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;

// RFC 7518, section 3.3 asks for 2048 bits at least; above 8192 one check takes long.
const RSA_MODULUS_BITS_MIN = 2048;
const RSA_MODULUS_BITS_MAX = 8192;

/** What Web Crypto tells of an RSA key. @see W3C Web Cryptography, section 20.6 */
interface RsaFacts {
  readonly modulusLength: number;
  readonly publicExponent: Uint8Array;
}

/**
 * Tells whether keys can be a client's: each is what its kind says (a point on its curve; RSA of 2048 to 8192 bits with an exponent that is not 1), and
 * where there are several, each has a `kid` of its own. Does NOT look for private members: the caller takes public ones alone.
 */
export async function areClientKeys(keys: readonly ClientKey[]): Promise<boolean> {
  const names = keys.map(({ kid }) => kid);
  if (keys.length > 1 && (names.includes(undefined) || new Set(names).size < names.length)) return false;
  return (await Promise.all(keys.map(isGood))).every((good) => good);
}

async function isGood(key: ClientKey): Promise<boolean> {
  const { kty, crv, n, e, x, y } = key;
  const algorithm = kty === 'RSA' ? 'RS256' : kty === 'EC' ? 'ES256' : 'EdDSA';
  const members = Object.entries({ kty, crv, n, e, x, y }).filter(([, value]) => value !== undefined);
  try {
    const imported = await importJWK(Object.fromEntries(members) as JWK, algorithm);
    if (imported instanceof Uint8Array || imported.type !== 'public') return false;
    return kty !== 'RSA' || isStrongRsa(imported.algorithm as unknown as RsaFacts);
  } catch {
    // Not a key: a point off the curve, or bytes of another length.
    return false;
  }
}

function isStrongRsa({ modulusLength, publicExponent }: RsaFacts): boolean {
  const isOdd = (publicExponent.at(-1) ?? 0) % 2 === 1;
  const isOne = publicExponent.at(-1) === 1 && publicExponent.slice(0, -1).every((byte) => byte === 0);
  return modulusLength >= RSA_MODULUS_BITS_MIN && modulusLength <= RSA_MODULUS_BITS_MAX && isOdd && !isOne;
}
