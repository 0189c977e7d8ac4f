import { sha256 } from '../../lib/sha256.ts';

const TOKEN_BYTES = 32;

/** Makes an opaque session token: 256 random bits as 43 base64url characters. */
export function createSessionToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES));
  return bytes.toBase64({ alphabet: 'base64url', omitPadding: true });
}

/**
 * The form of a session token at rest: its SHA-256. A plain hash is enough, because nobody can guess 256 random bits; a password
 * would need a slow one.
 */
export function hashSessionToken(token: string): Promise<Uint8Array> {
  return sha256(token);
}
