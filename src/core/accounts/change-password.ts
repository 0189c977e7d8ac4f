import type { Log } from '../../lib/log.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import type { AuditEvent, AuditLog, AuditRequest } from '../audit/audit-log.ts';
import { isBeyondPasswords, normalizePassword } from '../passwords/normalize-password.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { PasswordFault, PasswordPolicy } from '../passwords/password-policy.ts';
import type { EndSession } from '../sessions/end-session.ts';
import type { User, UserStore } from './user-store.ts';

/** A wish for another password, from within a session. */
export interface PasswordChange {
  readonly user: User;
  /** The session that goes on. */
  readonly sessionId: string;
  readonly current: string;
  readonly next: string;
}

/** Why the password stays as it is. `changed_meanwhile`: another request set one while this one was judged. */
export type PasswordChangeRefusal = 'current_wrong' | 'changed_meanwhile' | PasswordFault;

/**
 * Changes a user's own password and ends the user's other sessions, so that whoever knew the old one is out. Throws UnavailableError; thrown after the
 * password was set, the other sessions may still stand. Does NOT slow down guessing.
 */
export type ChangePassword = (
  change: PasswordChange,
  request: AuditRequest,
) => Promise<Result<undefined, PasswordChangeRefusal>>;

/** Creates the change of passwords. */
export function createChangePassword(options: {
  readonly users: UserStore;
  readonly hasher: PasswordHasher;
  readonly passwordPolicy: PasswordPolicy;
  readonly endSession: EndSession;
  readonly audit: AuditLog;
  readonly log: Log;
}): ChangePassword {
  const { users, hasher, audit, log } = options;

  async function change(wish: PasswordChange): Promise<Result<undefined, PasswordChangeRefusal>> {
    const { user, current, next } = wish;
    const { passwordHash } = user;
    if (passwordHash === undefined || isBeyondPasswords(current)) return refused('current_wrong');
    if (!(await hasher.verify(passwordHash, normalizePassword(current)))) return refused('current_wrong');
    const accepted = options.passwordPolicy(next, user);
    if (!accepted.ok) return accepted;
    const wasSet = await users.setPasswordHash(user.id, await hasher.hash(accepted.value), passwordHash);
    return wasSet ? ok(undefined) : refused('changed_meanwhile');
  }

  return async (wish, request) => {
    const outcome = await change(wish);
    const event = eventOf(wish, request);
    if (!outcome.ok) {
      audit.record({ ...event, outcome: 'refused', reason: outcome.reason });
      return outcome;
    }
    // Before the other sessions end, which may fail: the password is another one already.
    audit.record({ ...event, outcome: 'success' });
    log.info('password changed', { request_id: request.requestId, user_id: wish.user.id });
    await options.endSession.endOtherSessions(wish.user.id, wish.sessionId);
    return outcome;
  };
}

function eventOf(
  { user, sessionId }: PasswordChange,
  request: AuditRequest,
): Pick<AuditEvent, 'type' | 'actor' | 'target' | 'sessionId' | 'request'> {
  const { id } = user;
  const [actor, target] = [{ kind: 'user', id } as const, { kind: 'user', id } as const];
  return { type: 'user.password_changed', actor, target, sessionId, request };
}
