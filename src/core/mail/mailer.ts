/** A mail, ready to be sent; plain text alone. */
export interface Mail {
  /** One address, already checked. */
  readonly to: string;
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
