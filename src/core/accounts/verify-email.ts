import { ok, type Result, refused } from '../../lib/result.ts';
import type { AuditLog, AuditRequest } from '../audit/audit-log.ts';
import type { BackgroundWork } from '../background-work.ts';
import type { RequestLimiter } from '../limits/request-limiter.ts';
import { findByLink } from '../links/find-by-link.ts';
import type { OneTimeTokenStore } from '../links/one-time-token-store.ts';
import type { AccountMails, MailedUser } from '../mail/account-mails.ts';
import type { User, UserStore } from '../users/user-store.ts';
import type { Limited } from './current-password.ts';
import { byStranger, byUser } from './own-account-event.ts';

/** How a user shows to read mail at the own address. */
export interface EmailVerification {
  /** Mails the link to a user who has just registered, after the answer. Returns at once and never throws. */
  begin(user: MailedUser, request: AuditRequest): void;
  /** Mails the link again, after the answer; nothing where the address is verified already or its mailbox has had enough. */
  sendAgain(
    caller: { readonly user: User; readonly sessionId: string },
    request: AuditRequest,
  ): Promise<Result<undefined, Limited>>;
  /** Verifies the address that the link was mailed to, if it is still the user's. Throws UnavailableError ('database'). */
  verify(token: string, request: AuditRequest): Promise<Result<undefined, 'link_invalid'>>;
}

/** Creates the verification of addresses. */
export function createEmailVerification(options: {
  readonly users: UserStore;
  readonly oneTimeTokens: OneTimeTokenStore;
  readonly requests: RequestLimiter;
  readonly mails: AccountMails;
  readonly background: BackgroundWork;
  readonly audit: AuditLog;
}): EmailVerification {
  const { users, oneTimeTokens, requests, background, audit } = options;

  async function send(user: MailedUser, request: AuditRequest, sessionId?: string): Promise<void> {
    const event = byUser('user.email_verification_sent', user.id, request, sessionId);
    if ((await requests.admit('mail_to', user.email)).kind === 'limited')
      return audit.record({ ...event, outcome: 'refused', reason: 'mailbox_limited' });
    await options.mails.sendLink('email_verification', user);
    audit.record({ ...event, outcome: 'success' });
  }

  return {
    begin: (user, request) => background.run(request.requestId, () => send(user, request)),
    async sendAgain({ user, sessionId }, request) {
      const refuse = (reason: string) => {
        const event = byUser('user.email_verification_sent', user.id, request, sessionId);
        audit.record({ ...event, outcome: 'refused', reason });
      };
      const permission = await requests.admit('mail_from', request.clientAddress);
      if (permission.kind === 'limited') {
        refuse(permission.kind);
        return refused(permission);
      }
      if (user.emailVerifiedAt !== undefined) refuse('already_verified');
      else background.run(request.requestId, () => send(user, request, sessionId));
      return ok(undefined);
    },
    async verify(token, request) {
      const found = await findByLink(options, token, 'email_verification');
      const event = byStranger('user.email_verified', found?.user.id, request);
      const redeemed = found && (await oneTimeTokens.redeem(found.tokenHash, 'email_verification'));
      const isVerified = redeemed !== undefined && (await users.verifyEmail(redeemed.userId, redeemed.email));
      audit.record({ ...event, ...(isVerified ? { outcome: 'success' } : LINK_INVALID) });
      return isVerified ? ok(undefined) : refused('link_invalid');
    },
  };
}

const LINK_INVALID = { outcome: 'refused', reason: 'link_invalid' } as const;
