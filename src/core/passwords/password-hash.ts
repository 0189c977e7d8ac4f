import { type Argon2idHash, formatPhcString } from './phc-string.ts';

/** A password's hash with everything that it takes to verify it, of whatever system. */
export type PasswordHash =
  | ({ readonly kind: 'argon2'; readonly variant: 'argon2id' | 'argon2i' | 'argon2d' } & Argon2idHash)
  | { readonly kind: 'bcrypt'; readonly text: string }
  | {
      readonly kind: 'pbkdf2';
      readonly digest: Pbkdf2Digest;
      readonly iterations: number;
      readonly salt: Uint8Array;
      readonly hash: Uint8Array;
    }
  | {
      readonly kind: 'scrypt';
      /** The binary logarithm of N. */
      readonly costLog2: number;
      readonly blockSize: number;
      readonly parallelism: number;
      readonly salt: Uint8Array;
      readonly hash: Uint8Array;
    };

/** The digests that PBKDF2 is built on in the field. */
export type Pbkdf2Digest = 'sha1' | 'sha256' | 'sha512';

/** Writes a hash in the one form in which it is stored: a PHC string, or bcrypt's own form. */
export function formatPasswordHash(value: PasswordHash): string {
  switch (value.kind) {
    case 'argon2':
      return formatPhcString(value).replace('$argon2id$', `$${value.variant}$`);
    case 'bcrypt':
      return value.text;
    case 'pbkdf2':
      return `$pbkdf2-${value.digest}$i=${value.iterations}$${saltAndHash(value)}`;
    case 'scrypt': {
      const { costLog2, blockSize, parallelism } = value;
      return `$scrypt$ln=${costLog2},r=${blockSize},p=${parallelism}$${saltAndHash(value)}`;
    }
  }
}

/**
 * Tells whether a hash can be verified in about two seconds and 256 MiB at most: a row that was brought in must not exhaust a machine. Does NOT tell
 * whether it is strong. Argon2 is bounded where it is read.
 */
export function isAffordable(value: PasswordHash): boolean {
  switch (value.kind) {
    case 'argon2':
      return true;
    case 'bcrypt':
      return bcryptCost(value.text) >= BCRYPT_COST.min && bcryptCost(value.text) <= BCRYPT_COST.max;
    case 'pbkdf2': {
      const blocks = Math.ceil(value.hash.length / DIGEST_BYTES[value.digest]);
      return value.iterations * blocks <= PBKDF2_ROUNDS_MAX;
    }
    case 'scrypt': {
      const { costLog2, blockSize, parallelism } = value;
      // Libraries refuse a larger N, and a log-in would end in their error.
      if (costLog2 >= SCRYPT_LOG2_PER_BLOCK * blockSize) return false;
      const memoryBlocks = 2 ** costLog2 * blockSize;
      return memoryBlocks <= SCRYPT_MEMORY_BLOCKS_MAX && memoryBlocks * parallelism <= SCRYPT_WORK_MAX;
    }
  }
}

const BCRYPT_COST = { min: 4, max: 15 };
// Django asks for 1,200,000 of its users in its newest versions.
const PBKDF2_ROUNDS_MAX = 5_000_000;
const DIGEST_BYTES = { sha1: 20, sha256: 32, sha512: 64 };
// RFC 7914, section 2: N < 2^(128 * r / 8).
const SCRYPT_LOG2_PER_BLOCK = 16;
// Of 128 bytes each: 256 MiB.
const SCRYPT_MEMORY_BLOCKS_MAX = 2 ** 21;
const SCRYPT_WORK_MAX = 2 ** 22;

function bcryptCost(text: string): number {
  return Number(text.slice(4, 6));
}

function saltAndHash({ salt, hash }: { readonly salt: Uint8Array; readonly hash: Uint8Array }): string {
  return `${salt.toBase64({ omitPadding: true })}$${hash.toBase64({ omitPadding: true })}`;
}
