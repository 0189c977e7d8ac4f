import { sha256 } from '../../lib/sha256.ts';

/** The form of an API key, a client secret or the id of an assertion at rest: its SHA-256. A plain hash is enough, because nobody can guess 256 random bits. */
export function hashMachineSecret(secret: string): Promise<Uint8Array> {
  return sha256(secret);
}
