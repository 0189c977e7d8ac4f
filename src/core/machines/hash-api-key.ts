import { sha256 } from '../../lib/sha256.ts';

/** The form of an API key at rest: its SHA-256. A plain hash is enough, because nobody can guess 256 random bits. */
export function hashApiKey(key: string): Promise<Uint8Array> {
  return sha256(key);
}
