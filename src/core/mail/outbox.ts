import type { Clock } from '../../lib/durations.ts';
import type { Log } from '../../lib/log.ts';
import type { Mail, Mailer } from './mailer.ts';

/** A mail that nobody sends. */
export interface OutboxMail extends Mail {
  readonly at: Date;
}

/** Keeps mails for a developer to look at, in the place of a mail server. */
export interface Outbox extends Mailer {
  /** The last mails, newest first. */
  list(): readonly OutboxMail[];
}

const MAILS_MAX = 50;

/** Creates an outbox in memory. The log says that there is a mail, and where to read it; never what is in it. Does NOT serve production. */
export function createOutbox(options: {
  /** Where the outbox is shown. */
  readonly address: string;
  readonly clock: Clock;
  readonly log: Log;
}): Outbox {
  const mails: OutboxMail[] = [];
  return {
    send(mail) {
      mails.unshift({ ...mail, at: new Date(options.clock()) });
      mails.length = Math.min(mails.length, MAILS_MAX);
      const { kind, userId: user_id } = mail;
      options.log.info('a mail is in the outbox', { kind, user_id, outbox: options.address });
    },
    list: () => [...mails],
  };
}
