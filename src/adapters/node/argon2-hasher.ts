import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { PasswordHasher } from '../../core/passwords/password-hasher.ts';
import { type Argon2idHash, formatPhcString, parsePhcString } from '../../core/passwords/phc-string.ts';
import { createBoundedQueue } from '../../lib/bounded-queue.ts';
import { UnavailableError } from '../../lib/unavailable-error.ts';

type Parameters = Omit<Argon2idHash, 'hash'> & { readonly hashBytes: number };

// OWASP's minimum for argon2id (Password Storage Cheat Sheet): tens of milliseconds, so that a stolen table is dear to guess at.
const COSTS = { memoryKib: 19_456, passes: 2, parallelism: 1 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
// libuv's pool has four threads; the one left free keeps signatures, files and name look-ups from waiting behind passwords.
const POOL_THREADS = 3;

/**
 * Creates a password hasher on Node's own argon2id, off the event loop. At most `runningMax` hashes run at once (default: the
 * cores, at most three), `waitingMax` more wait (default 64), and beyond that it throws UnavailableError ('password_hashing').
 * @see RFC 9106 (Argon2)
 */
export function createArgon2Hasher(
  options: { readonly runningMax?: number; readonly waitingMax?: number } = {},
): PasswordHasher {
  const queue = createBoundedQueue({
    runningMax: options.runningMax ?? Math.min(availableParallelism(), POOL_THREADS),
    waitingMax: options.waitingMax ?? 64,
    full: () => new UnavailableError('password_hashing', 'too many passwords wait to be hashed'),
  });

  return {
    async hash(password) {
      const salt = randomBytes(SALT_BYTES);
      const hash = await queue.run(() => derive(password, { ...COSTS, salt, hashBytes: HASH_BYTES }));
      return formatPhcString({ ...COSTS, salt, hash });
    },

    async verify(phc, password) {
      const parsed = parsePhcString(phc);
      const parameters = parsed.ok
        ? { ...parsed.value, hashBytes: parsed.value.hash.length }
        : { ...COSTS, salt: randomBytes(SALT_BYTES), hashBytes: HASH_BYTES };
      const hash = await queue.run(() => derive(password, parameters));
      return parsed.ok && timingSafeEqual(hash, parsed.value.hash);
    },
  };
}

function derive(password: string, parameters: Parameters): Promise<Uint8Array> {
  const { salt, memoryKib, passes, parallelism, hashBytes } = parameters;
  const message = new TextEncoder().encode(password);
  return new Promise((resolve, reject) => {
    argon2(
      'argon2id',
      { message, nonce: salt, memory: memoryKib, passes, parallelism, tagLength: hashBytes },
      (error, hash) => (error === null ? resolve(hash) : reject(error)),
    );
  });
}
