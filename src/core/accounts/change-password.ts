import type { Log } from '../../lib/log.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import type { AuditLog, AuditRequest } from '../audit/audit-log.ts';
import type { OneTimeTokenStore } from '../links/one-time-token-store.ts';
import type { AccountMails } from '../mail/account-mails.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { PasswordFault, PasswordPolicy } from '../passwords/password-policy.ts';
import type { EndSession } from '../sessions/end-session.ts';
import type { User, UserStore } from '../users/user-store.ts';
import type { CurrentPasswordCheck, CurrentPasswordRefusal } from './current-password.ts';
import { byUser } from './own-account-event.ts';

/** A wish for another password, from within a session. */
export interface PasswordChange {
  readonly user: User;
  /** The session that goes on. */
  readonly sessionId: string;
  readonly current: string;
  readonly next: string;
}

/** Why the password stays as it is. `changed_meanwhile`: another request set one while this one was judged. */
export type PasswordChangeRefusal =
  | CurrentPasswordRefusal
  | { readonly kind: 'changed_meanwhile' }
  | { readonly kind: 'password'; readonly fault: PasswordFault };

/**
 * Changes a user's own password, ends the user's other sessions and all links that were mailed, so that whoever knew the old one is out, and tells the
 * user by mail. Throws UnavailableError; thrown after the password was set, other sessions and links may still stand.
 */
export type ChangePassword = (
  change: PasswordChange,
  request: AuditRequest,
) => Promise<Result<undefined, PasswordChangeRefusal>>;

/** Creates the change of passwords. */
export function createChangePassword(options: {
  readonly users: UserStore;
  readonly oneTimeTokens: OneTimeTokenStore;
  readonly hasher: PasswordHasher;
  readonly checkCurrent: CurrentPasswordCheck;
  readonly passwordPolicy: PasswordPolicy;
  readonly endSession: EndSession;
  readonly mails: AccountMails;
  readonly audit: AuditLog;
  readonly log: Log;
}): ChangePassword {
  const { users, hasher, audit, log } = options;

  async function change(wish: PasswordChange): Promise<Result<undefined, PasswordChangeRefusal>> {
    const { user, current, next } = wish;
    const checked = await options.checkCurrent(user, current);
    if (!checked.ok) return checked;
    const accepted = options.passwordPolicy(next, user);
    if (!accepted.ok) return refused({ kind: 'password', fault: accepted.reason });
    const wasSet = await users.setPasswordHash(user.id, await hasher.hash(accepted.value), checked.value);
    return wasSet ? ok(undefined) : refused({ kind: 'changed_meanwhile' });
  }

  return async (wish, request) => {
    const { user, sessionId } = wish;
    const outcome = await change(wish);
    const event = byUser('user.password_changed', user.id, request, sessionId);
    if (!outcome.ok) {
      audit.record({ ...event, outcome: 'refused', reason: reasonOf(outcome.reason) });
      return outcome;
    }
    // Before the rest, which may fail: the password is another one already.
    audit.record({ ...event, outcome: 'success' });
    log.info('password changed', { request_id: request.requestId, user_id: user.id });
    options.mails.tell('password_changed', user);
    await options.endSession.endOtherSessions(user.id, sessionId, request);
    await options.oneTimeTokens.revokeAll(user.id);
    return outcome;
  };
}

function reasonOf(refusal: PasswordChangeRefusal): string {
  return refusal.kind === 'password' ? `password_${refusal.fault}` : refusal.kind;
}
