import { createSmtpMailer } from '../../adapters/smtp/smtp-mailer.ts';
import type { Environment } from '../../config/environment.ts';
import { type BackgroundWork, createBackgroundWork } from '../../core/background-work.ts';
import { createOutboxApp, OUTBOX_PATH } from '../../core/http/pages/outbox-app.ts';
import { createDroppingMailer } from '../../core/mail/dropped-mails.ts';
import type { MailCounts, Mailer } from '../../core/mail/mailer.ts';
import { createOutbox } from '../../core/mail/outbox.ts';
import type { App } from '../../gateway/app.ts';
import type { Log } from '../../lib/log.ts';
import { isLoopbackHost } from '../../lib/loopback-host.ts';
import { systemTimer } from '../../lib/system-timer.ts';
import { addressBelow } from '../../oauth/issuer-address.ts';

/** How mails leave this process, or do not. */
export interface WiredMail {
  /** What the core works with. */
  readonly ports: { readonly mailer: Mailer; readonly background: BackgroundWork };
  /** What is to be shown of mails, by its path: the outbox, in development without a mail server. */
  readonly pages: ReadonlyMap<string, App>;
  /** `undefined` where no server takes mails. */
  readonly counts: (() => MailCounts) | undefined;
  /** Ends the work behind answers, and sends what waits, for some seconds at most. */
  stop(): Promise<void>;
}

/**
 * Wires the mailer: to `SMTP_URL`; in development without it into the outbox; in production without it mails are lost, which is said at the start and for each.
 */
export function wireMail(environment: Environment, log: Log): WiredMail {
  const background = createBackgroundWork(log);
  const { mailer, pages = new Map(), counts, stop } = wireMailer(environment, log);
  return {
    ports: { mailer, background },
    pages,
    counts,
    async stop() {
      await background.settled();
      await stop?.();
    },
  };
}

interface WiredMailer extends Partial<Pick<WiredMail, 'pages' | 'counts' | 'stop'>> {
  readonly mailer: Mailer;
}

function wireMailer(environment: Environment, log: Log): WiredMailer {
  const { mail, production } = environment;
  if (mail !== undefined) {
    const queue = createSmtpMailer({ ...mail, timer: systemTimer, log });
    return { mailer: queue, counts: queue.counts, stop: queue.stop };
  }
  if (production) {
    log.warn('SMTP_URL is not set: no mail will be sent, and nobody can reset a password');
    return { mailer: createDroppingMailer(log) };
  }
  const outbox = createOutbox({ address: outboxAddress(environment), clock: Date.now, log });
  const app = createOutboxApp(outbox);
  return { mailer: outbox, pages: new Map([[OUTBOX_PATH, (request, facts) => app.fetch(request, facts)]]) };
}

/** Where the outbox of a process is shown: always at a name of this machine, as it is nowhere else. */
export function outboxAddress({ publicUrl, port }: Pick<Environment, 'publicUrl' | 'port'>): string {
  const base = isLoopbackHost(new URL(publicUrl).hostname) ? publicUrl : `http://localhost:${port}`;
  return addressBelow(base, OUTBOX_PATH);
}
