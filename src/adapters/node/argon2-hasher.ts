import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { PasswordHasher } from '../../core/passwords/password-hasher.ts';
import { formatPhcString, parsePhcString } from '../../core/passwords/phc-string.ts';
import { readPasswordHash } from '../../core/passwords/recognize-password-hash.ts';
import { createBoundedQueue } from '../../lib/bounded-queue.ts';
import { UnavailableError } from '../../lib/unavailable-error.ts';
import { deriveArgon2, verifyPasswordHash } from './verify-password-hash.ts';

// OWASP's minimum for argon2id (Password Storage Cheat Sheet): tens of milliseconds, so that a stolen table is dear to guess at.
const COSTS = { memoryKib: 19_456, passes: 2, parallelism: 1 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
// libuv's pool has four threads; the one left free keeps signatures, files and name look-ups from waiting behind passwords.
const POOL_THREADS = 3;

/**
 * Creates a password hasher on Node's own argon2id, off the event loop; it also verifies the hashes of other systems. At most `runningMax` hashes run at once (default: the
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

  const derive = (password: string, salt: Uint8Array) =>
    deriveArgon2(
      { variant: 'argon2id', ...COSTS, salt, hashBytes: HASH_BYTES },
      new TextEncoder().encode(password),
    );

  return {
    async hash(password) {
      const salt = randomBytes(SALT_BYTES);
      const hash = await queue.run(() => derive(password, salt));
      return formatPhcString({ ...COSTS, salt, hash });
    },

    async verify(phc, password) {
      const read = readPasswordHash(phc);
      if (read.ok) return queue.run(() => verifyPasswordHash(read.value, password));
      await queue.run(() => derive(password, randomBytes(SALT_BYTES)));
      return false;
    },

    needsRehash(phc) {
      const parsed = parsePhcString(phc);
      if (!parsed.ok) return true;
      const { memoryKib, passes, parallelism } = parsed.value;
      return memoryKib !== COSTS.memoryKib || passes !== COSTS.passes || parallelism !== COSTS.parallelism;
    },
  };
}
