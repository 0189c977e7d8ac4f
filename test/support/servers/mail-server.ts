import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A mail as it came in: envelope and bytes. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Header and body as they travelled. */
  readonly raw: string;
  readonly user: string | undefined;
  readonly isSecure: boolean;
}

/** A real SMTP server on a free port of this machine. */
export interface MailServerUnderTest {
  readonly port: number;
  /** What was taken, oldest first. */
  readonly received: ReceivedMail[];
  close(): Promise<void>;
}

/** Starts an SMTP server that takes everything, without certificate and password, with the differences given. */
export async function startMailServer(
  differences: SMTPServerOptions = {},
  port = 0,
): Promise<MailServerUnderTest> {
  const received: ReceivedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    closeTimeout: 100,
    onData(stream, session, callback) {
      const { mailFrom, rcptTo } = session.envelope;
      const chunks: Uint8Array[] = [];
      stream.on('data', (chunk: Uint8Array) => chunks.push(chunk));
      stream.on('end', () => {
        received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString('utf8'),
          user: session.user,
          isSecure: session.secure,
        });
        callback();
      });
    },
    ...differences,
  });
  // Connections that break off are part of what is tested.
  server.on('error', () => {});
  const listening = server.listen(port, '127.0.0.1');
  await new Promise((resolve) => listening.once('listening', resolve));
  return {
    port: (listening.address() as AddressInfo).port,
    received,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The header fields of a mail, unfolded, as lines. */
export function headerLines({ raw }: ReceivedMail): string[] {
  const end = raw.indexOf('\r\n\r\n');
  return raw
    .slice(0, end)
    .replaceAll(/\r\n[ \t]/g, ' ')
    .split('\r\n');
}

/** The text of a mail, as its reader sees it. */
export function textOf(mail: ReceivedMail): string {
  const body = mail.raw.slice(mail.raw.indexOf('\r\n\r\n') + 4);
  const isQuoted = headerLines(mail).some((line) =>
    /^Content-Transfer-Encoding: quoted-printable$/i.test(line),
  );
  if (!isQuoted) return body;
  return body
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
