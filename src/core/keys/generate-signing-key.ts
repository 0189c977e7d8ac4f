import { exportJWK, generateKeyPair } from 'jose';
import { createId } from '../../identity/ids.ts';
import type { SecretBox } from './secret-box.ts';
import type { SealedKeyPair } from './signing-key-store.ts';

/** The algorithms that our own tokens may be signed with. @see RFC 7518, section 3.1; RFC 8037, section 3.1 (EdDSA) */
export const SIGNING_ALGORITHMS = ['RS256', 'ES256', 'EdDSA'] as const;
/** One of them. */
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/** What the sealed private part of a key is for; the associated data of its seal. */
export function sealPurpose(keyId: string): string {
  return `signing_key:${keyId}`;
}

/** A key pair as JWKs. */
export interface OpenKeyPair {
  readonly algorithm: SigningAlgorithm;
  readonly publicJwk: object;
  readonly privateJwk: object;
}

/** Generates a signing key, ready to be stored. Does NOT store it. */
export async function generateSigningKey(
  algorithm: SigningAlgorithm,
  box: SecretBox,
): Promise<SealedKeyPair> {
  // 2048 bits: what RFC 7518, section 3.3 asks for at least, and three times as fast to verify as 4096.
  const options = { extractable: true, modulusLength: 2048 };
  const pair = await generateKeyPair(algorithm, options);
  const [publicJwk, privateJwk] = await Promise.all([exportJWK(pair.publicKey), exportJWK(pair.privateKey)]);
  return sealKeyPair({ algorithm, publicJwk, privateJwk }, box);
}

/** Gives a key pair an id and makes it ready to be stored: the public part open, the private part sealed. Does NOT check that the parts belong together. */
export async function sealKeyPair(
  { algorithm, publicJwk, privateJwk }: OpenKeyPair,
  box: SecretBox,
): Promise<SealedKeyPair> {
  const id = createId('key');
  const sealedPrivateJwk = await box.seal(JSON.stringify(privateJwk), sealPurpose(id));
  return { id, algorithm, publicJwk: JSON.stringify(publicJwk), sealedPrivateJwk };
}
