import { importJWK, type JWK } from 'jose';
import { withoutAbsent } from '../../lib/without-absent.ts';
import type { ClientKey, ClientKeyAlgorithm } from './client-store.ts';

/** What Web Crypto tells of an RSA key. @see W3C Web Cryptography, section 20.6 */
interface RsaFacts {
  readonly modulusLength: number;
  readonly publicExponent: Uint8Array;
}

// RFC 7518, section 3.3 asks for 2048 bits at least; above 8192 one check takes long.
const RSA_MODULUS_BITS_MIN = 2048;
const RSA_MODULUS_BITS_MAX = 8192;
/** What each kind of key can sign with. */
const ALGORITHMS: Readonly<Record<ClientKey['kty'], readonly [ClientKeyAlgorithm, ...ClientKeyAlgorithm[]]>> =
  { RSA: ['RS256', 'PS256'], EC: ['ES256'], OKP: ['EdDSA'] };

/** Writes a key as the JOSE library takes it: what is not there is left out. */
export function toJwk(key: ClientKey): JWK {
  return withoutAbsent<ClientKey>(key) as JWK;
}

/**
 * Tells whether keys can be a client's: at least one, each what its kind says (a point on its curve; RSA of 2048 to 8192 bits with an odd exponent that is
 * not 1) and for an algorithm of its kind; where there are several, each with a `kid` of its own. Does NOT look for private members: the caller
 * takes the members of `ClientKey` alone.
 */
export async function areClientKeys(keys: readonly ClientKey[]): Promise<boolean> {
  const names = keys.map(({ kid }) => kid);
  if (keys.length > 1 && (names.includes(undefined) || new Set(names).size < names.length)) return false;
  return keys.length > 0 && (await Promise.all(keys.map(isGood))).every((good) => good);
}

async function isGood(key: ClientKey): Promise<boolean> {
  const allowed = ALGORITHMS[key.kty];
  if (key.alg !== undefined && !allowed.includes(key.alg)) return false;
  try {
    const imported = await importJWK(toJwk(key), allowed[0]);
    if (imported instanceof Uint8Array || imported.type !== 'public') return false;
    return key.kty !== 'RSA' || isStrongRsa(imported.algorithm as unknown as RsaFacts);
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
