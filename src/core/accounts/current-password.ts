import { ok, type Result, refused } from '../../lib/result.ts';
import type { RequestLimiter } from '../limits/request-limiter.ts';
import { isBeyondPasswords, normalizePassword } from '../passwords/normalize-password.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { User } from '../users/user-store.ts';

/** A limit was reached. */
export interface Limited {
  readonly kind: 'limited';
  readonly retryAfterSeconds: number;
}

/** Why a user did not show to know the password. */
export type CurrentPasswordRefusal = { readonly kind: 'current_wrong' } | Limited;

/**
 * Checks that whoever uses a session knows the user's password, and gives the hash that it was checked against. Few tries a user, so that a session
 * that was left open tells nobody the password. Throws UnavailableError ('password_hashing').
 */
export type CurrentPasswordCheck = (
  user: User,
  password: string,
) => Promise<Result<string, CurrentPasswordRefusal>>;

/** Creates the check. */
export function createCurrentPasswordCheck(options: {
  readonly hasher: PasswordHasher;
  readonly requests: RequestLimiter;
}): CurrentPasswordCheck {
  return async ({ id, passwordHash }, password) => {
    const permission = await options.requests.admit('password_change', id);
    if (permission.kind === 'limited') return refused(permission);
    if (passwordHash === undefined || isBeyondPasswords(password)) return refused({ kind: 'current_wrong' });
    const matches = await options.hasher.verify(passwordHash, normalizePassword(password));
    return matches ? ok(passwordHash) : refused({ kind: 'current_wrong' });
  };
}
