import { type Argon2Algorithm, argon2, pbkdf2, scrypt, timingSafeEqual } from 'node:crypto';
import { verify as verifyBcrypt } from '@node-rs/bcrypt';
import type { PasswordHash } from '../../core/passwords/password-hash.ts';

// bcrypt reads no further. @see Provos and Mazières, A Future-Adaptable Password Scheme (1999), section 4
const BCRYPT_BYTES_MAX = 72;
// Above what any affordable hash takes: 256 MiB and its small change.
const SCRYPT_BYTES_MAX = 288 * 1024 * 1024;

/**
 * Tells whether a password is the one of a hash, off the event loop. Of bcrypt only the first 72 bytes count, as in the systems that made the hash; a
 * password with a NUL is never right there, because the libraries end a password at it, or repeat what lies before. Does NOT bound how many run at once.
 */
export async function verifyPasswordHash(hash: PasswordHash, password: string): Promise<boolean> {
  const message = new TextEncoder().encode(password);
  switch (hash.kind) {
    case 'argon2':
      return timingSafeEqual(
        await deriveArgon2({ ...hash, hashBytes: hash.hash.length }, message),
        hash.hash,
      );
    case 'bcrypt': {
      const matches = await verifyBcrypt(message.subarray(0, BCRYPT_BYTES_MAX), hash.text);
      return matches && !message.includes(0);
    }
    case 'pbkdf2':
      return timingSafeEqual(await derivePbkdf2(hash, message), hash.hash);
    case 'scrypt':
      return timingSafeEqual(await deriveScrypt(hash, message), hash.hash);
  }
}

/** Derives an argon2 hash, off the event loop. @see RFC 9106 (Argon2) */
export function deriveArgon2(
  parameters: {
    readonly variant: Argon2Algorithm;
    readonly memoryKib: number;
    readonly passes: number;
    readonly parallelism: number;
    readonly salt: Uint8Array;
    readonly hashBytes: number;
  },
  message: Uint8Array,
): Promise<Uint8Array> {
  const { variant, salt, memoryKib, passes, parallelism, hashBytes } = parameters;
  return new Promise((resolve, reject) => {
    argon2(
      variant,
      { message, nonce: salt, memory: memoryKib, passes, parallelism, tagLength: hashBytes },
      (error, hash) => (error === null ? resolve(hash) : reject(error)),
    );
  });
}

function derivePbkdf2(hash: PasswordHash & { kind: 'pbkdf2' }, message: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    pbkdf2(message, hash.salt, hash.iterations, hash.hash.length, hash.digest, (error, derived) =>
      error === null ? resolve(derived) : reject(error),
    );
  });
}

function deriveScrypt(hash: PasswordHash & { kind: 'scrypt' }, message: Uint8Array): Promise<Uint8Array> {
  const { costLog2, blockSize, parallelism, salt } = hash;
  const costs = { N: 2 ** costLog2, r: blockSize, p: parallelism, maxmem: SCRYPT_BYTES_MAX };
  return new Promise((resolve, reject) => {
    scrypt(message, salt, hash.hash.length, costs, (error, derived) =>
      error === null ? resolve(derived) : reject(error),
    );
  });
}
