import type { Log } from '../../lib/log.ts';
import type { Mailer } from './mailer.ts';

/** Creates the mailer of an installation without a mail server: every mail is lost, with a line in the log. */
export function createDroppingMailer(log: Log): Mailer {
  return {
    send({ kind, userId: user_id }) {
      log.error('a mail was not sent', { kind, user_id, because: 'no SMTP_URL is set' });
    },
  };
}
