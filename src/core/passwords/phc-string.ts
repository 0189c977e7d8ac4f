import { ok, type Result, refused } from '../../lib/result.ts';

/** An argon2id hash with everything that it takes to verify it. */
export interface Argon2idHash {
  readonly memoryKib: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

// Far above what we write (19456, 2, 1) and far below what would exhaust a machine: a bad row must not.
const MEMORY_KIB_MAX = 256 * 1024;
const PASSES_MAX = 16;
const PARALLELISM_MAX = 8;
const SALT_BYTES = { min: 8, max: 64 };
const HASH_BYTES = { min: 16, max: 64 };

const PHC =
  /^\$argon2id\$v=19\$m=([1-9]\d{0,9}),t=([1-9]\d{0,9}),p=([1-9]\d{0,9})\$([A-Za-z0-9+/]{1,128})\$([A-Za-z0-9+/]{1,128})$/;

/** Writes an argon2id hash as a PHC string: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`, unpadded standard base64. @see the PHC string format */
export function formatPhcString(value: Argon2idHash): string {
  const costs = `m=${value.memoryKib},t=${value.passes},p=${value.parallelism}`;
  return `$argon2id$v=19$${costs}$${unpaddedBase64(value.salt)}$${unpaddedBase64(value.hash)}`;
}

/**
 * Reads an argon2id PHC string, strictly: version 19, costs in the order m, t, p and within bounds that no machine fears, one spelling
 * for each value. Does NOT read other algorithms. @see the PHC string format; RFC 9106, section 3.1 (bounds of the parameters)
 */
export function parsePhcString(text: string): Result<Argon2idHash, 'malformed' | 'cost_out_of_bounds'> {
  const match = PHC.exec(text);
  if (match === null) return refused('malformed');
  const [memoryKib, passes, parallelism] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const salt = decodeBase64(match[4] ?? '', SALT_BYTES);
  const hash = decodeBase64(match[5] ?? '', HASH_BYTES);
  if (salt === undefined || hash === undefined) return refused('malformed');
  const bounded = memoryKib <= MEMORY_KIB_MAX && passes <= PASSES_MAX && parallelism <= PARALLELISM_MAX;
  // RFC 9106: at least 8 KiB of memory for each lane.
  if (!bounded || memoryKib < 8 * parallelism) return refused('cost_out_of_bounds');
  return ok({ memoryKib, passes, parallelism, salt, hash });
}

function unpaddedBase64(bytes: Uint8Array): string {
  return bytes.toBase64({ omitPadding: true });
}

function decodeBase64(text: string, size: { min: number; max: number }): Uint8Array | undefined {
  // A length of 4n + 1 encodes nothing, and decoding it throws.
  if (text.length % 4 === 1) return undefined;
  const bytes = Uint8Array.fromBase64(text);
  const isOnlySpelling = unpaddedBase64(bytes) === text;
  return isOnlySpelling && bytes.length >= size.min && bytes.length <= size.max ? bytes : undefined;
}
