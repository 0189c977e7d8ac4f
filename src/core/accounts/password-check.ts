import type { Log } from '../../lib/log.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { DecoyHash } from '../passwords/decoy-hashes.ts';
import type { GuessLimiter } from '../passwords/guess-limiter.ts';
import { isBeyondPasswords, normalizePassword } from '../passwords/normalize-password.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { User, UserStore } from '../users/user-store.ts';
import { createRehashPassword } from './rehash-password.ts';

/** An attempt at a password, with where it comes from. */
export interface PasswordAttempt {
  /** E-mail address or username, as typed. */
  readonly login: string;
  readonly password: string;
  readonly requestId: string;
  readonly clientAddress: string | undefined;
}

/** Why a log-in is refused. `because` is for the log alone: outside all of these look the same. */
export type LogInRefusal =
  | {
      readonly kind: 'wrong';
      readonly because: 'user_unknown' | 'password_unset' | 'password_wrong' | 'user_disabled';
    }
  | { readonly kind: 'limited'; readonly retryAfterSeconds: number };

/**
 * Checks a login name (e-mail address or username) and a password. Where too many guesses were made it refuses before it looks at anything, also for
 * names that do not exist. Otherwise one hash is computed whatever the outcome, so that the time does not tell which names exist. Throws UnavailableError ('database' or 'password_hashing').
 */
export type PasswordCheck = (attempt: PasswordAttempt) => Promise<Result<User, LogInRefusal>>;

/** Creates the check. */
export function createPasswordCheck(options: {
  readonly users: UserStore;
  readonly hasher: PasswordHasher;
  readonly guesses: GuessLimiter;
  readonly audit: AuditLog;
  readonly log: Log;
  readonly decoyOf: DecoyHash;
}): PasswordCheck {
  const { users, hasher, guesses } = options;
  const rehashPassword = createRehashPassword(options);

  return async (attempt) => {
    // Nobody has such a password, so that what it costs tells nothing about the login.
    if (isBeyondPasswords(attempt.password)) return wrong('password_wrong');
    const guess = {
      login: attempt.login.normalize('NFKC').toLowerCase(),
      clientAddress: attempt.clientAddress,
    };
    const permission = await guesses.admit(guess);
    if (permission.kind === 'limited') return refused(permission);
    const user = await users.findByLogin(attempt.login);
    // For every login, so that this takes no time of its own either.
    const decoy = await options.decoyOf(guess.login);
    const password = normalizePassword(attempt.password);
    const matches = await hasher.verify(user?.passwordHash ?? decoy, password);
    if (user === undefined) return wrong('user_unknown');
    if (user.passwordHash === undefined) return wrong('password_unset');
    if (!matches) return wrong('password_wrong');
    // Last, so that only who knows the password makes this line of the log.
    if (user.disabledAt !== undefined) return wrong('user_disabled');
    await guesses.succeeded(guess);
    rehashPassword(user, password, attempt);
    return ok(user);
  };
}

function wrong(because: Extract<LogInRefusal, { kind: 'wrong' }>['because']): Result<User, LogInRefusal> {
  return refused({ kind: 'wrong', because });
}
