import { ok, type Result, refused } from '../../lib/result.ts';
import type { AuditLog, AuditRequest } from '../audit/audit-log.ts';
import type { BackgroundWork } from '../background-work.ts';
import type { RequestLimiter } from '../limits/request-limiter.ts';
import type { AccountMails } from '../mail/account-mails.ts';
import type { User, UserStore } from '../users/user-store.ts';
import type { Limited } from './current-password.ts';
import { byStranger } from './own-account-event.ts';

/**
 * Mails a link for a new password to the account with that address, if there is one. Looks the account up and leaves the rest for after the answer, so that
 * neither the answer nor its time tells whether there is one, and a database that is down fails for all alike. Refuses a client that asks too
 * often; too many mails to one mailbox are not sent, and look the same. Throws UnavailableError ('database').
 */
export type ForgotPassword = (email: string, request: AuditRequest) => Promise<Result<undefined, Limited>>;

/** Creates the request for a new password. */
export function createForgotPassword(options: {
  readonly users: UserStore;
  readonly requests: RequestLimiter;
  readonly mails: AccountMails;
  readonly background: BackgroundWork;
  readonly audit: AuditLog;
}): ForgotPassword {
  const { users, requests, audit } = options;

  async function refusalOf(user: User | undefined): Promise<string | undefined> {
    if (user === undefined) return 'user_unknown';
    if (user.disabledAt !== undefined) return 'user_disabled';
    const permission = await requests.admit('mail_to', user.email);
    return permission.kind === 'limited' ? 'mailbox_limited' : undefined;
  }

  async function send(user: User | undefined, request: AuditRequest): Promise<void> {
    const event = byStranger('user.password_reset_requested', user?.id, request);
    const reason = await refusalOf(user);
    if (user === undefined || reason !== undefined)
      return audit.record({ ...event, outcome: 'refused', ...(reason !== undefined && { reason }) });
    await options.mails.sendLink('password_reset', user);
    audit.record({ ...event, outcome: 'success' });
  }

  return async (email, request) => {
    const permission = await requests.admit('mail_from', request.clientAddress);
    if (permission.kind === 'limited') {
      const event = byStranger('user.password_reset_requested', undefined, request);
      audit.record({ ...event, outcome: 'refused', reason: permission.kind });
      return refused(permission);
    }
    const user = await users.findByLogin(email);
    options.background.run(request.requestId, () => send(user, request));
    return ok(undefined);
  };
}
