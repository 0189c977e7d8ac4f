import { HOUR_SECONDS } from '../../lib/durations.ts';
import { createOneTimeToken, hashOneTimeToken, ONE_TIME_LIFETIME_SECONDS } from '../links/one-time-token.ts';
import type { OneTimePurpose, OneTimeTokenStore } from '../links/one-time-token-store.ts';
import type { User } from '../users/user-store.ts';
import { linkAddress } from './link-address.ts';
import type { Mailer, MailKind } from './mailer.ts';

/** The user that a mail is about. */
export type MailedUser = Pick<User, 'id' | 'email'>;

/** The mails about accounts. They hold no text that a user chose, so that nobody can have us send his words to strangers. */
export interface AccountMails {
  /**
   * Makes a link that is good for one use and ends the earlier one of its purpose, and mails it to an address: the user's own unless another is named.
   * Throws UnavailableError ('database').
   */
  sendLink(purpose: OneTimePurpose, user: MailedUser, to?: string): Promise<void>;
  /** Tells the owner of an account what has happened to it. */
  tell(notice: Notice, user: MailedUser): void;
}

/** What owners are told. */
export type Notice = Exclude<MailKind, OneTimePurpose>;

/** Creates the mails about accounts. */
export function createAccountMails(options: {
  readonly mailer: Mailer;
  readonly tokens: OneTimeTokenStore;
  readonly publicUrl: string;
}): AccountMails {
  const { mailer, tokens, publicUrl } = options;
  const { host } = new URL(publicUrl);
  return {
    async sendLink(purpose, { id: userId, email }, to = email) {
      const token = createOneTimeToken();
      const tokenHash = await hashOneTimeToken(token);
      if (tokenHash === undefined) throw new Error('a token of ours was not taken for one');
      const lifetimeSeconds = ONE_TIME_LIFETIME_SECONDS[purpose];
      await tokens.issue({ userId, purpose, email: to, tokenHash, lifetimeSeconds });
      const { subject, before, after } = LINK_TEXTS[purpose];
      const hours = lifetimeSeconds / HOUR_SECONDS;
      const within = hours === 1 ? 'an hour' : `${hours} hours`;
      const text = `${before(host)} Open this link within ${within}:\n\n${linkAddress(publicUrl, purpose, token)}\n\n${after}\n`;
      mailer.send({ kind: purpose, userId, to, subject, text });
    },
    tell(notice, { id: userId, email: to }) {
      const { subject, text } = NOTICES[notice];
      mailer.send({ kind: notice, userId, to, subject, text: `${text(host)}\n` });
    },
  };
}

const LINK_TEXTS = {
  password_reset: {
    subject: 'Set a new password',
    before: (host: string) => `Somebody asked for a new password for your account at ${host}.`,
    after: 'If that was not you, do nothing: your password stays as it is.',
  },
  email_verification: {
    subject: 'Confirm your e-mail address',
    before: (host: string) => `This address was given for an account at ${host}.`,
    after: 'If that was not you, do nothing: the address stays unconfirmed.',
  },
  email_change: {
    subject: 'Confirm your new e-mail address',
    before: (host: string) => `This address is to become that of an account at ${host}.`,
    after: 'If that was not you, do nothing: no account gets your address.',
  },
} as const;

const NOTICES = {
  password_changed: {
    subject: 'Your password was changed',
    text: (host: string) =>
      `The password of your account at ${host} was changed, and all other sessions were ended.\n\nIf that was not you, ask for a new password at once, and tell those who run the service.`,
  },
  email_change_requested: {
    subject: 'Your e-mail address is to change',
    text: (host: string) =>
      `Somebody who knows your password asked to give your account at ${host} another e-mail address. This one counts until the other is confirmed.\n\nIf that was not you, change your password at once: that also ends the request.`,
  },
  email_changed: {
    subject: 'Your e-mail address was changed',
    text: (host: string) =>
      `Your account at ${host} has another e-mail address now. This is the last mail to this one.\n\nIf that was not you, tell those who run the service at once.`,
  },
} as const;
