import { ok, type Result, refused } from '../../lib/result.ts';
import { normalizePassword } from '../passwords/normalize-password.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { User, UserStore } from '../users/user-store.ts';
import type { LogInRefusal } from './password-check.ts';

/**
 * Looks again at a user whose password was found right, once the session or link that this opens is in the store, and gives the user as it is by
 * then. Whoever changes a password or deletes ends sessions and links afterwards, and whoever disables ends sessions: so each change is either seen
 * here or ends what was opened. Hashes only where the hash is another one, as after a rehash. Throws UnavailableError ('database' or
 * 'password_hashing'). @see CWE-367 (time-of-check time-of-use)
 */
export type RecheckPassword = (user: User, password: string) => Promise<Result<User, WrongLogIn>>;

type WrongLogIn = Extract<LogInRefusal, { kind: 'wrong' }>;

/** Creates the second look. Does NOT count guesses. */
export function createRecheckPassword(options: {
  readonly users: UserStore;
  readonly hasher: PasswordHasher;
}): RecheckPassword {
  const { users, hasher } = options;
  const wrong = (because: WrongLogIn['because']) => refused<WrongLogIn>({ kind: 'wrong', because });

  return async ({ id, passwordHash }, password) => {
    const user = await users.findById(id);
    if (user === undefined) return wrong('user_unknown');
    if (user.passwordHash === undefined) return wrong('password_unset');
    if (user.passwordHash !== passwordHash) {
      const matches = await hasher.verify(user.passwordHash, normalizePassword(password));
      if (!matches) return wrong('password_wrong');
    }
    return user.disabledAt === undefined ? ok(user) : wrong('user_disabled');
  };
}
