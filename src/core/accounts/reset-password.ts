import type { Log } from '../../lib/log.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import type { AuditLog, AuditRequest } from '../audit/audit-log.ts';
import { findByLink } from '../links/find-by-link.ts';
import type { OneTimeTokenStore } from '../links/one-time-token-store.ts';
import type { AccountMails } from '../mail/account-mails.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { PasswordFault, PasswordPolicy } from '../passwords/password-policy.ts';
import type { EndSession } from '../sessions/end-session.ts';
import type { UserStore } from '../users/user-store.ts';
import { byStranger } from './own-account-event.ts';

/** Why no password was set. `link_invalid`: the token is unknown, used, replaced or too old, or was mailed to an address that no longer counts. */
export type ResetRefusal =
  | { readonly kind: 'link_invalid' }
  | { readonly kind: 'password'; readonly fault: PasswordFault };

/**
 * Sets a new password by the token of a mailed link, which is good for one use; a password that will not do leaves it good. Ends all sessions of the user
 * and all other links, and tells the user by mail. Throws UnavailableError; thrown after the token was used up, a new link is needed. Does NOT log in.
 */
export type ResetPassword = (
  reset: { readonly token: string; readonly password: string },
  request: AuditRequest,
) => Promise<Result<undefined, ResetRefusal>>;

/** Creates the reset of passwords. */
export function createResetPassword(options: {
  readonly users: UserStore;
  readonly oneTimeTokens: OneTimeTokenStore;
  readonly hasher: PasswordHasher;
  readonly passwordPolicy: PasswordPolicy;
  readonly endSession: EndSession;
  readonly mails: AccountMails;
  readonly audit: AuditLog;
  readonly log: Log;
}): ResetPassword {
  const { users, oneTimeTokens, audit, log } = options;

  return async ({ token, password }, request) => {
    const found = await findByLink(options, token, 'password_reset');
    const event = byStranger('user.password_reset', found?.user.id, request);
    const refuse = (refusal: ResetRefusal) => {
      const reason = refusal.kind === 'password' ? `password_${refusal.fault}` : refusal.kind;
      audit.record({ ...event, outcome: 'refused', reason });
      return refused(refusal);
    };
    if (found === undefined || found.user.email !== found.email) return refuse({ kind: 'link_invalid' });
    const { user, tokenHash } = found;
    const accepted = options.passwordPolicy(password, user);
    if (!accepted.ok) return refuse({ kind: 'password', fault: accepted.reason });
    const passwordHash = await options.hasher.hash(accepted.value);
    if ((await oneTimeTokens.redeem(tokenHash, 'password_reset')) === undefined)
      return refuse({ kind: 'link_invalid' });
    // Before as well: a failure in between leaves nobody in.
    await options.endSession.endAllSessions(user.id);
    if (!(await users.setPasswordHash(user.id, passwordHash))) return refuse({ kind: 'link_invalid' });
    audit.record({ ...event, outcome: 'success' });
    log.info('password reset', { request_id: request.requestId, user_id: user.id });
    options.mails.tell('password_changed', user);
    await oneTimeTokens.revokeAll(user.id);
    await options.endSession.endAllSessions(user.id);
    return ok(undefined);
  };
}
