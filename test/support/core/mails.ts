import type { Mail, Mailer } from '../../../src/core/mail/mailer.ts';

/** Describes a mail, with the differences given. */
export function testMail(differences: Partial<Mail> = {}): Mail {
  return {
    kind: 'password_reset',
    userId: `usr_${'0'.repeat(32)}`,
    to: 'jo@clinic.test',
    subject: 'Set a new password',
    text: 'The link: https://gate.test/#token=secret-of-the-link\n',
    ...differences,
  };
}

/** A mailer that a test can read. */
export interface RecordingMailer extends Mailer {
  /** What was sent, oldest first. */
  readonly mails: Mail[];
}

/** Creates a mailer that keeps mails in memory. */
export function createRecordingMailer(): RecordingMailer {
  const mails: Mail[] = [];
  return { mails, send: (mail) => void mails.push(mail) };
}

/** Takes a mailed link apart: where it leads, and the token in its fragment. */
export function linkIn({ text }: Pick<Mail, 'text'>): { readonly url: URL; readonly token: string } {
  const url = new URL(/https?:\/\/\S+/.exec(text)?.[0] ?? '');
  const token = new URLSearchParams(url.hash.slice(1)).get('token');
  if (token === null) throw new Error('the mail holds no link with a token');
  return { url, token };
}
