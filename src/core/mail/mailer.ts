/** What a mail is about: for the log, which never holds its text. */
export type MailKind =
  | 'password_reset'
  | 'password_changed'
  | 'email_verification'
  | 'email_change'
  | 'email_change_requested'
  | 'email_changed';

/** A mail, ready to be sent; plain text alone. */
export interface Mail {
  readonly kind: MailKind;
  /** Whose account it is about. */
  readonly userId: string;
  /** One address, already checked. */
  readonly to: string;
  /** A constant text of ours. */
  readonly subject: string;
  readonly text: string;
}

/**
 * Port: hands a mail to whoever delivers it. Never throws and never waits, so that the time of an answer does not tell whether a mail was
 * sent. What could not be sent is tried again a few times, then logged without its text.
 */
export interface Mailer {
  send(mail: Mail): void;
}

/** What became of the mails of a process so far. `lost`: refused by the server, not taken in spite of all attempts, or beyond what may wait. */
export interface MailCounts {
  readonly sent: number;
  readonly lost: number;
  /** Attempts that failed and were made again. */
  readonly retried: number;
}
