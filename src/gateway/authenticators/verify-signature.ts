import type { VerificationKey } from '../key-sets/verification-key.ts';
import type { SignatureAlgorithm } from '../policy/policy.ts';

/**
 * Port: checks a signature over the signing input (ASCII) with a key, by the algorithm that the key was imported for. Answers at once where
 * the runtime can. `false` for whatever is not a good signature, also for one of a wrong length or form. Does NOT look at the token's
 * header: that its algorithm is the key's is the caller's duty.
 */
export type VerifySignature = (
  key: VerificationKey,
  signingInput: string,
  signature: Uint8Array<ArrayBuffer>,
) => boolean | Promise<boolean>;

/** Lengths in bytes that a signature must have: R and S side by side, never DER (RFC 7518, section 3.4; RFC 8037, section 3.1). */
const FIXED_LENGTHS: Partial<Record<SignatureAlgorithm, number>> = { ES256: 64, ES384: 96, EdDSA: 64 };

/**
 * Tells whether a signature has the length that its algorithm prescribes: with RSA the modulus's. OpenSSL itself takes a PSS signature
 * without its leading zeros too, so that one signature could be written in several ways. @see RFC 8017, section 8.1.2 (length checking)
 */
export function hasSignatureLength(
  { algorithm, cryptoKey }: VerificationKey,
  signature: Uint8Array,
): boolean {
  const modulusBits = 'modulusLength' in cryptoKey.algorithm ? Number(cryptoKey.algorithm.modulusLength) : 0;
  return signature.length === (FIXED_LENGTHS[algorithm] ?? Math.ceil(modulusBits / 8));
}
