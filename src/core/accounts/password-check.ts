import { ok, type Result, refused } from '../../lib/result.ts';
import { isBeyondPasswords, normalizePassword } from '../passwords/normalize-password.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { User, UserStore } from './user-store.ts';

/** Why a log-in is refused: for the log alone. Outside all of them look the same, in time too. */
export type LogInRefusal = 'user_unknown' | 'password_unset' | 'password_wrong' | 'user_disabled';

/**
 * Checks a login name (e-mail address or username) and a password. Whatever the outcome, one hash is computed, so that the time does not
 * tell which names exist. Throws UnavailableError ('database' or 'password_hashing').
 */
export type PasswordCheck = (login: string, password: string) => Promise<Result<User, LogInRefusal>>;

/** Creates the check. `dummyPhc` is a hash of a password that nobody knows, made with the costs of the real ones. */
export function createPasswordCheck(options: {
  readonly users: UserStore;
  readonly hasher: PasswordHasher;
  readonly dummyPhc: string;
}): PasswordCheck {
  return async (login, password) => {
    // Nobody has such a password, so that what it costs tells nothing about the login.
    if (isBeyondPasswords(password)) return refused('password_wrong');
    const user = await options.users.findByLogin(login);
    const phc = user?.passwordHash ?? options.dummyPhc;
    const matches = await options.hasher.verify(phc, normalizePassword(password));
    if (user === undefined) return refused('user_unknown');
    if (user.passwordHash === undefined) return refused('password_unset');
    if (!matches) return refused('password_wrong');
    // Last, so that only who knows the password makes this line of the log.
    return user.disabledAt === undefined ? ok(user) : refused('user_disabled');
  };
}
