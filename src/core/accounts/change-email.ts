import type { Log } from '../../lib/log.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import type { AuditLog, AuditRequest } from '../audit/audit-log.ts';
import type { BackgroundWork } from '../background-work.ts';
import type { RequestLimiter } from '../limits/request-limiter.ts';
import { findByLink } from '../links/find-by-link.ts';
import type { OneTimeTokenStore } from '../links/one-time-token-store.ts';
import type { AccountMails } from '../mail/account-mails.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { UniqueMember, User, UserStore } from '../users/user-store.ts';
import type { CurrentPasswordCheck, CurrentPasswordRefusal } from './current-password.ts';
import { byStranger, byUser } from './own-account-event.ts';
import { createRecheckPassword } from './recheck-password.ts';

/** A wish for another e-mail address, from within a session. */
export interface EmailChangeWish {
  readonly user: User;
  readonly sessionId: string;
  readonly currentPassword: string;
  /** One address in lower case, as `parseEmailAddress` gives it. */
  readonly email: string;
}

/** Why the address stays as it is. */
export type EmailChangeRefusal =
  | { readonly kind: 'link_invalid' }
  | { readonly kind: 'taken'; readonly member: UniqueMember };

/** How a user changes the own e-mail address: the new one counts once it is confirmed by the link that was mailed to it. */
export interface ChangeEmail {
  /**
   * Mails the link to the new address and tells the old one, after the answer. An address that another account has gets no mail, which the answer does not
   * tell. Throws UnavailableError.
   */
  request(wish: EmailChangeWish, request: AuditRequest): Promise<Result<undefined, CurrentPasswordRefusal>>;
  /**
   * Puts the address that the link was mailed to in the place of the old one, verified; ends all other links of the user, and tells the old address.
   * Throws UnavailableError ('database'). Does NOT end sessions.
   */
  confirm(token: string, request: AuditRequest): Promise<Result<undefined, EmailChangeRefusal>>;
}

interface Options {
  readonly users: UserStore;
  readonly oneTimeTokens: OneTimeTokenStore;
  readonly hasher: PasswordHasher;
  readonly checkCurrent: CurrentPasswordCheck;
  readonly requests: RequestLimiter;
  readonly mails: AccountMails;
  readonly background: BackgroundWork;
  readonly audit: AuditLog;
  readonly log: Log;
}

/** Creates the change of addresses. */
export function createChangeEmail(options: Options): ChangeEmail {
  return { request: createRequest(options), confirm: createConfirm(options) };
}

function createRequest(options: Options): ChangeEmail['request'] {
  const { users, oneTimeTokens, requests, mails, background, audit } = options;
  const recheckPassword = createRecheckPassword(options);

  async function refusalOf({ email }: EmailChangeWish): Promise<string | undefined> {
    if ((await users.findByLogin(email)) !== undefined) return 'email_taken';
    const permission = await requests.admit('mail_to', email);
    return permission.kind === 'limited' ? 'mailbox_limited' : undefined;
  }

  async function send(wish: EmailChangeWish, request: AuditRequest): Promise<void> {
    const { user, sessionId, email, currentPassword } = wish;
    const event = byUser('user.email_change_requested', user.id, request, sessionId);
    const reason = await refusalOf(wish);
    if (reason !== undefined) return audit.record({ ...event, outcome: 'refused', reason });
    await mails.sendLink('email_change', user, email);
    // Whoever changed the password meanwhile has ended the links that were there by then, and not this one.
    const standing = await recheckPassword(user, currentPassword);
    if (!standing.ok) {
      await oneTimeTokens.revokeAll(user.id);
      return audit.record({ ...event, outcome: 'refused', reason: standing.reason.because });
    }
    mails.tell('email_change_requested', user);
    audit.record({ ...event, outcome: 'success' });
  }

  return async (wish, request) => {
    const { user, sessionId, currentPassword } = wish;
    const permission = await requests.admit('mail_from', request.clientAddress);
    const checked =
      permission.kind === 'limited' ? refused(permission) : await options.checkCurrent(user, currentPassword);
    if (!checked.ok) {
      const event = byUser('user.email_change_requested', user.id, request, sessionId);
      audit.record({ ...event, outcome: 'refused', reason: checked.reason.kind });
      return checked;
    }
    background.run(request.requestId, () => send(wish, request));
    return ok(undefined);
  };
}

function createConfirm(options: Options): ChangeEmail['confirm'] {
  const { users, oneTimeTokens, mails, audit, log } = options;
  return async (token, request) => {
    const found = await findByLink(options, token, 'email_change');
    const event = byStranger('user.email_changed', found?.user.id, request);
    const refuse = (refusal: EmailChangeRefusal) => {
      const reason = refusal.kind === 'taken' ? `${refusal.member}_taken` : refusal.kind;
      audit.record({ ...event, outcome: 'refused', reason });
      return refused(refusal);
    };
    if (found === undefined) return refuse({ kind: 'link_invalid' });
    const redeemed = await oneTimeTokens.redeem(found.tokenHash, 'email_change');
    if (redeemed === undefined) return refuse({ kind: 'link_invalid' });
    const { userId, email } = redeemed;
    const outcome = await users.update(userId, { email, emailVerified: true });
    if (outcome.kind === 'not_found') return refuse({ kind: 'link_invalid' });
    if (outcome.kind === 'taken') return refuse(outcome);
    audit.record({ ...event, outcome: 'success' });
    log.info('e-mail address changed', { request_id: request.requestId, user_id: userId });
    mails.tell('email_changed', found.user);
    await oneTimeTokens.revokeAll(userId);
    return ok(undefined);
  };
}
