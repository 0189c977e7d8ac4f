import { importJWK, type JWK } from 'jose';
import { decodeBase64url } from '../../oauth/base64url.ts';
import { SIGNATURE_ALGORITHMS, type SignatureAlgorithm } from '../policy/policy.ts';

/** A public key of an issuer, imported for one algorithm and good for no other (RFC 8725, section 3.1). */
export interface VerificationKey {
  /** The `kid`; `undefined` where the issuer gives none. */
  readonly keyId: string | undefined;
  readonly algorithm: SignatureAlgorithm;
  readonly cryptoKey: CryptoKey;
  /** Equal for equal keys of one issuer: what was imported, as text. Public material only. */
  readonly identity: string;
}

// RFC 7518, section 3.3 asks for 2048 bits at least; above 16384, OpenSSL and BoringSSL refuse, and one check takes long.
const RSA_MODULUS_BITS_MIN = 2048;
const RSA_MODULUS_BITS_MAX = 16_384;
const PRIVATE_OR_SYMMETRIC_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

const KEY_SHAPES: Readonly<Record<SignatureAlgorithm, { readonly kty: string; readonly crv?: string }>> = {
  RS256: { kty: 'RSA' },
  RS384: { kty: 'RSA' },
  RS512: { kty: 'RSA' },
  PS256: { kty: 'RSA' },
  ES256: { kty: 'EC', crv: 'P-256' },
  ES384: { kty: 'EC', crv: 'P-384' },
  EdDSA: { kty: 'OKP', crv: 'Ed25519' },
};

/**
 * Imports a JWK for each algorithm that it may serve: public, asymmetric, `use`, `key_ops` and `alg` saying nothing else, the curve of the
 * algorithm, RSA of 2048 bits at least. Every other key gives an empty list: a key set may hold keys that are not for us (RFC 7517,
 * section 5). Keys that were imported before are taken from `known`, by their `identity`. Does NOT follow `x5u` nor look at `x5c`.
 */
export async function importVerificationKeys(
  jwk: JWK,
  known: ReadonlyMap<string, VerificationKey>,
): Promise<readonly VerificationKey[]> {
  const keys: VerificationKey[] = [];
  for (const algorithm of SIGNATURE_ALGORITHMS) {
    if (!fits(jwk, algorithm)) continue;
    const identity = JSON.stringify([algorithm, jwk.kid, jwk.kty, jwk.crv, jwk.n, jwk.e, jwk.x, jwk.y]);
    const key = known.get(identity) ?? (await importKey(jwk, algorithm, identity));
    if (key !== undefined) keys.push(key);
  }
  return keys;
}

/** Tells whether a JWK may verify signatures of an algorithm, by its members alone. */
function fits(jwk: JWK, algorithm: SignatureAlgorithm): boolean {
  const shape = KEY_SHAPES[algorithm];
  if (jwk.kty !== shape.kty || (shape.crv !== undefined && jwk.crv !== shape.crv)) return false;
  if (PRIVATE_OR_SYMMETRIC_MEMBERS.some((name) => Object.hasOwn(jwk, name))) return false;
  if (jwk.kid !== undefined && typeof jwk.kid !== 'string') return false;
  if (jwk.use !== undefined && jwk.use !== 'sig') return false;
  if (jwk.key_ops !== undefined && !(Array.isArray(jwk.key_ops) && jwk.key_ops.includes('verify')))
    return false;
  // RFC 9864 gives EdDSA over Ed25519 a second name.
  const named = jwk.alg === 'Ed25519' ? 'EdDSA' : jwk.alg;
  if (named !== undefined && named !== algorithm) return false;
  return shape.kty !== 'RSA' || isStrongRsa(jwk);
}

/** Tells whether an RSA key has a modulus of the right size and an odd exponent of 3 or more; with 1, everything would verify. */
function isStrongRsa(jwk: JWK): boolean {
  const modulus = integerBytes(jwk.n);
  const exponent = integerBytes(jwk.e);
  if (modulus === undefined || exponent === undefined) return false;
  const bits = modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24;
  const lastByte = exponent.at(-1) ?? 0;
  return (
    bits >= RSA_MODULUS_BITS_MIN &&
    bits <= RSA_MODULUS_BITS_MAX &&
    lastByte % 2 === 1 &&
    (exponent.length > 1 || lastByte >= 3)
  );
}

/** The bytes of a Base64urlUInt without leading zeros; `undefined` where it is none. */
function integerBytes(text: unknown): Uint8Array | undefined {
  const bytes = typeof text === 'string' ? decodeBase64url(text) : undefined;
  const start = bytes?.findIndex((byte) => byte !== 0) ?? -1;
  return start === -1 ? undefined : bytes?.subarray(start);
}

async function importKey(
  jwk: JWK,
  algorithm: SignatureAlgorithm,
  identity: string,
): Promise<VerificationKey | undefined> {
  // Only what makes up the key itself, so that no other member steers the import.
  const { kty, crv, n, e, x, y } = jwk;
  const members = Object.entries({ kty, crv, n, e, x, y }).filter(([, value]) => value !== undefined);
  try {
    const cryptoKey = await importJWK(Object.fromEntries(members) as unknown as JWK, algorithm);
    // A secret is what jose makes of `oct`, which no algorithm here fits.
    if (cryptoKey instanceof Uint8Array) return undefined;
    return { keyId: jwk.kid, algorithm, cryptoKey, identity };
  } catch {
    // A point off the curve, a member of the wrong type: not a key.
    return undefined;
  }
}
