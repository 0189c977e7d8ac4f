import { createTransport } from 'nodemailer';
import type { MailSender, MailServer } from '../../core/mail/mail-server.ts';
import { parseEmailAddress } from '../../identity/email-address.ts';
import type { Timer } from '../../lib/durations.ts';
import type { Log } from '../../lib/log.ts';
import { createMailQueue, type Deliver, type DeliveryOutcome, type MailQueue } from './mail-queue.ts';

// A server that is well answers in less than a second; slow ones greet late on purpose, to be rid of spammers.
const CONNECT_TIMEOUT_MS = 10_000;
const GREETING_TIMEOUT_MS = 30_000;
const SILENCE_TIMEOUT_MS = 30_000;
/** A whole attempt: a server that trickles its answers is silent at no time. */
const ATTEMPT_TIMEOUT_MS = 90_000;
const RESPONSE_BYTES_MAX = 16 * 1024;
const CONNECTIONS_MAX = 2;

/**
 * Creates the mailer over SMTP, on a pool of two connections, behind a queue (see `createMailQueue`). Names one recipient a mail, as envelope and header
 * alike, and refuses what is not one plain address; subjects and names are encoded, so that none can begin another header field. `stop` ends what
 * still hangs. Does NOT sign with DKIM: the server does. @see RFC 5321; RFC 3834, section 5 (Auto-Submitted); CWE-93 (CRLF Injection)
 */
export function createSmtpMailer(options: {
  readonly server: MailServer;
  readonly from: MailSender;
  readonly timer: Timer;
  readonly log: Log;
}): MailQueue {
  const { from, timer, log } = options;
  const transport = createTransport({ ...connectionOf(options.server), pool: true });
  // Each error also ends the attempt that it came of; without a listener it would end the process.
  transport.on('error', () => {});
  const sender = { name: from.name ?? '', address: from.address };
  const domain = from.address.slice(from.address.indexOf('@') + 1);

  const deliver: Deliver = async (mail, messageId) => {
    const to = parseEmailAddress(mail.to);
    if (!to.ok) return { kind: 'refused', because: 'address_malformed' };
    const attempt = new AbortController();
    const cancel = timer(() => attempt.abort(), ATTEMPT_TIMEOUT_MS);
    try {
      await transport.sendMail({
        from: sender,
        to: { name: '', address: to.value },
        envelope: { from: from.address, to: [to.value] },
        subject: mail.subject,
        text: mail.text,
        messageId: `<${messageId}@${domain}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
        disableFileAccess: true,
        disableUrlAccess: true,
        signal: attempt.signal,
      });
      return { kind: 'sent' };
    } catch (error) {
      return outcomeOf(error);
    } finally {
      cancel();
    }
  };

  const queue = createMailQueue({ deliver, timer, log });
  return {
    ...queue,
    async stop() {
      await queue.stop();
      transport.close({ force: true });
    },
  };
}

function connectionOf({ host, port, protection, credential }: MailServer) {
  return {
    host,
    port,
    secure: protection === 'tls',
    requireTLS: protection === 'starttls',
    ignoreTLS: protection === 'none',
    tls: { minVersion: 'TLSv1.2' },
    ...(credential && { auth: { user: credential.user, pass: credential.password } }),
    maxConnections: CONNECTIONS_MAX,
    // The queue makes the further attempts.
    maxRequeues: 0,
    maxResponseSize: RESPONSE_BYTES_MAX,
    dnsTimeout: CONNECT_TIMEOUT_MS,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: GREETING_TIMEOUT_MS,
    socketTimeout: SILENCE_TIMEOUT_MS,
  } as const;
}

/** What an error means, by its codes alone: its text quotes the server, which quotes the recipient. @see RFC 5321, section 4.2.1 */
function outcomeOf(error: unknown): DeliveryOutcome {
  const { code, responseCode } = error as { readonly code?: unknown; readonly responseCode?: unknown };
  const status = typeof responseCode === 'number' ? responseCode : undefined;
  const name = typeof code === 'string' ? code : 'unknown';
  // What is wrong with the way, such as a password or TLS, is no fault of this mail.
  const isFinal = status !== undefined && status >= 500 && ['EENVELOPE', 'EMESSAGE'].includes(name);
  return { kind: isFinal ? 'refused' : 'failed', because: status === undefined ? name : `${name} ${status}` };
}
