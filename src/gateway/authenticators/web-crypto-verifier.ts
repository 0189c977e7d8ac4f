import type { SignatureAlgorithm } from '../policy/policy.ts';
import { hasSignatureLength, type VerifySignature } from './verify-signature.ts';

/** The parameters of each algorithm; the hash of RSA keys is fixed when they are imported. */
const PARAMETERS: Readonly<Record<SignatureAlgorithm, AlgorithmIdentifier | RsaPssParams | EcdsaParams>> = {
  RS256: { name: 'RSASSA-PKCS1-v1_5' },
  RS384: { name: 'RSASSA-PKCS1-v1_5' },
  RS512: { name: 'RSASSA-PKCS1-v1_5' },
  // The salt is as long as the digest, and no other length passes (RFC 7518, section 3.5).
  PS256: { name: 'RSA-PSS', saltLength: 32 },
  ES256: { name: 'ECDSA', hash: 'SHA-256' },
  ES384: { name: 'ECDSA', hash: 'SHA-384' },
  EdDSA: { name: 'Ed25519' },
};

const encoder = new TextEncoder();

/** Makes the verifier that every runtime has, on Web Crypto. Always answers with a promise. @see RFC 7518, section 3; RFC 8037 */
export function createWebCryptoVerifier(): VerifySignature {
  return async (key, signingInput, signature) =>
    hasSignatureLength(key, signature) &&
    (await crypto.subtle.verify(
      PARAMETERS[key.algorithm],
      key.cryptoKey,
      signature,
      encoder.encode(signingInput),
    ));
}
