import { exportJWK, generateKeyPair } from 'jose';
import { createId } from '../../identity/ids.ts';
import type { SecretBox } from './secret-box.ts';
import type { SealedKeyPair } from './signing-key-store.ts';

/** An algorithm that our own tokens may be signed with. @see RFC 7518, section 3.1; RFC 8037, section 3.1 (EdDSA) */
export type SigningAlgorithm = 'RS256' | 'ES256' | 'EdDSA';

/** What the sealed private part of a key is for; the associated data of its seal. */
export function sealPurpose(keyId: string): string {
  return `signing_key:${keyId}`;
}

/** Generates a signing key, ready to be stored: the public part open, the private part sealed. Does NOT store it. */
export async function generateSigningKey(
  algorithm: SigningAlgorithm,
  box: SecretBox,
): Promise<SealedKeyPair> {
  // 2048 bits: what RFC 7518, section 3.3 asks for at least, and three times as fast to verify as 4096.
  const options = { extractable: true, modulusLength: 2048 };
  const { publicKey, privateKey } = await generateKeyPair(algorithm, options);
  const id = createId('key');
  const privateJwk = JSON.stringify(await exportJWK(privateKey));
  return {
    id,
    algorithm,
    publicJwk: JSON.stringify(await exportJWK(publicKey)),
    sealedPrivateJwk: await box.seal(privateJwk, sealPurpose(id)),
  };
}
