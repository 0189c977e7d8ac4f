import type { Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createSmtpMailer } from '../../../src/adapters/smtp/smtp-mailer.ts';
import type { MailServer } from '../../../src/core/mail/mail-server.ts';
import { type LogFields, silentLog } from '../../../src/lib/log.ts';
import { testMail } from '../../support/core/mails.ts';
import { makeLocalhostCertificate } from '../../support/programs/localhost-certificate.ts';
import { hasProgram } from '../../support/programs/real-parts.ts';
import { freePort } from '../../support/servers/loopback-server.ts';
import { headerLines, startMailServer } from '../../support/servers/mail-server.ts';
import { startTcpService } from '../../support/servers/upstream-service.ts';
import { createSteeredTimer, fire } from '../../support/time/steered-timer.ts';

/** A mailer to a port of this machine, whose timers the test fires. */
function startMailer(port: number, differences: Partial<MailServer> & { name?: string } = {}) {
  const { name, ...server } = differences;
  const { timer, timers } = createSteeredTimer();
  const logged: (LogFields | undefined)[] = [];
  const mailer = createSmtpMailer({
    server: { host: '127.0.0.1', port, protection: 'none', credential: undefined, ...server },
    from: { name, address: 'no-reply@clinic.test' },
    timer,
    log: {
      ...silentLog,
      warn: (_, fields) => logged.push(fields),
      error: (_, fields) => logged.push(fields),
    },
  });
  onTestFinished(async () => {
    const stopping = mailer.stop();
    timers.find(({ delayMs }) => delayMs === 5_000)?.call();
    await stopping;
  });
  const lost = () => expect.poll(() => mailer.counts().lost);
  return { mailer, timers, logged, lost };
}

async function startServer(differences?: Parameters<typeof startMailServer>[0]) {
  const server = await startMailServer(differences);
  onTestFinished(() => server.close());
  return server;
}

async function startOdd(treat: Parameters<typeof startTcpService>[0]) {
  const server = await startTcpService(treat);
  onTestFinished(() => server.close());
  return server;
}

describe('the mailer over SMTP', () => {
  it('hands a mail over as plain text, from the sender to the one recipient', async () => {
    const server = await startServer();
    const { mailer } = startMailer(server.port, { name: 'Clinic of Łódź' });
    mailer.send(testMail({ text: 'The link is below.\n\nhttps://gate.test/#token=abc\n' }));
    await expect.poll(() => server.received.length).toBe(1);
    const [mail] = server.received;
    if (mail === undefined) throw new Error('no mail came');
    expect(mail).toMatchObject({ from: 'no-reply@clinic.test', to: ['jo@clinic.test'] });
    const lines = headerLines(mail);
    expect(lines).toContain('To: jo@clinic.test');
    expect(lines).toContain('Subject: Set a new password');
    expect(lines).toContain('Auto-Submitted: auto-generated');
    expect(lines.find((line) => line.startsWith('From:'))).toMatch(
      /^From: =\?UTF-8\?.* <no-reply@clinic\.test>$/,
    );
    expect(lines.find((line) => line.startsWith('Content-Type:'))).toMatch(/text\/plain/);
    expect(lines.find((line) => line.startsWith('Message-ID:'))).toMatch(/<[0-9a-f-]{36}@clinic\.test>/);
    expect(mail.raw).toContain('\r\n\r\nThe link is below.\r\n\r\nhttps://gate.test/#token=abc\r\n');
  });

  it('logs in where it has a password', async () => {
    const users: (string | undefined)[] = [];
    const server = await startServer({
      authOptional: false,
      onAuth({ username, password }, _session, callback) {
        users.push(`${username} ${password}`);
        callback(null, { user: username });
      },
    });
    const { mailer } = startMailer(server.port, { credential: { user: 'relay', password: 'p/w@x' } });
    mailer.send(testMail());
    await expect.poll(() => server.received.length).toBe(1);
    expect(users).toEqual(['relay p/w@x']);
  });

  it('puts no line of its own into a header, whatever names, subjects and addresses hold', async () => {
    const server = await startServer();
    const nasty = fc
      .array(
        fc.constantFrom('\r\n', '\n', '\r', 'Bcc: x@evil.test', ',', '<x@evil.test>', '"', '\0', 'é', ' a'),
      )
      .map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(nasty, nasty, nasty, async (name, subject, tail) => {
        const { mailer } = startMailer(server.port, { name });
        const before = server.received.length;
        mailer.send(testMail({ subject, to: `jo@clinic.test${tail}` }));
        await mailer.stop();
        const taken = server.received.slice(before);
        expect(mailer.counts()).toEqual({ sent: taken.length, lost: 1 - taken.length, retried: 0 });
        expect(taken.length).toBe(tail === '' ? 1 : 0);
        for (const mail of taken) {
          expect(mail.to).toEqual(['jo@clinic.test']);
          const names = headerLines(mail).map((line) => line.split(':')[0]);
          expect(names.sort()).toEqual(HEADER_NAMES.filter((name) => names.includes(name)));
          expect(names).not.toContain('Bcc');
        }
      }),
      { numRuns: 60 },
    );
  });
});

const HEADER_NAMES = [
  'Auto-Submitted',
  'Content-Transfer-Encoding',
  'Content-Type',
  'Date',
  'From',
  'MIME-Version',
  'Message-ID',
  'Subject',
  'To',
];

/** Makes a certificate of `localhost`, which the rest of this process trusts until the test is over. */
function trustOwnCertificate(): { key: string; cert: string } {
  const before = getCACertificates('default');
  const own = makeLocalhostCertificate();
  setDefaultCACertificates([...before, own.cert]);
  onTestFinished(() => setDefaultCACertificates(before));
  return own;
}

describe.skipIf(!hasProgram('openssl', 'version'))('a server whose certificate is trusted', () => {
  it.each(['starttls', 'tls'] as const)(
    'gets mails and the password by %s, and nothing before',
    async (protection) => {
      const logIns: boolean[] = [];
      const server = await startServer({
        ...trustOwnCertificate(),
        secure: protection === 'tls',
        disabledCommands: [],
        authOptional: false,
        allowInsecureAuth: false,
        onAuth({ username }, session, callback) {
          logIns.push(session.secure);
          callback(null, { user: username });
        },
      });
      const credential = { user: 'relay', password: 'secret' };
      const { mailer } = startMailer(server.port, { protection, host: 'localhost', credential });
      mailer.send(testMail());
      await expect.poll(() => mailer.counts().sent).toBe(1);
      expect(server.received.map(({ isSecure, user }) => [isSecure, user])).toEqual([[true, 'relay']]);
      expect(logIns).toEqual([true]);
    },
  );
});

describe('the protection of the way', () => {
  it('sends nothing where STARTTLS is demanded and not offered', async () => {
    const server = await startServer();
    const { mailer, timers, logged } = startMailer(server.port, { protection: 'starttls' });
    mailer.send(testMail());
    await expect.poll(() => mailer.counts().retried).toBe(1);
    expect(server.received).toEqual([]);
    expect(logged[0]?.because).toMatch(/^ETLS/);
    expect(timers.map(({ delayMs }) => delayMs)).toEqual([1_000]);
  });

  it.each(['starttls', 'tls'] as const)(
    'sends nothing by %s to a server whose certificate nobody vouches for',
    async (protection) => {
      const server = await startServer({ disabledCommands: [], secure: protection === 'tls' });
      const { mailer, logged } = startMailer(server.port, { protection, host: 'localhost' });
      mailer.send(testMail());
      await expect.poll(() => mailer.counts().retried).toBe(1);
      expect(server.received).toEqual([]);
      expect(logged[0]?.because).toMatch(/^E(?:SOCKET|TLS)/);
    },
  );
});

describe('a mail server that', () => {
  it('refuses the recipient is asked once, and its words are not logged', async () => {
    const server = await startServer({
      onRcptTo: ({ address }, _session, callback) =>
        callback(Object.assign(new Error(`no ${address} here`), { responseCode: 550 })),
    });
    const { mailer, logged, lost } = startMailer(server.port);
    mailer.send(testMail());
    await lost().toBe(1);
    expect(logged).toEqual([
      { kind: 'password_reset', user_id: testMail().userId, attempts: 1, because: 'EENVELOPE 550' },
    ]);
  });

  it('is busy gets the mail at the next attempt', async () => {
    let isBusy = true;
    const server = await startServer({
      onMailFrom: (_address, _session, callback) =>
        callback(isBusy ? Object.assign(new Error('busy'), { responseCode: 451 }) : null),
    });
    const { mailer, timers, logged } = startMailer(server.port);
    mailer.send(testMail());
    await expect.poll(() => mailer.counts().retried).toBe(1);
    expect(logged[0]?.because).toBe('EENVELOPE 451');
    isBusy = false;
    await fire(timers);
    await expect.poll(mailer.counts).toEqual({ sent: 1, lost: 0, retried: 1 });
    expect(server.received).toHaveLength(1);
  });

  it('is not there is tried again until it is', async () => {
    const { mailer, timers, logged } = startMailer(await freePort());
    mailer.send(testMail());
    await expect.poll(() => mailer.counts().retried).toBe(1);
    await fire(timers);
    await expect.poll(() => mailer.counts().retried).toBe(2);
    expect(timers.map(({ delayMs }) => delayMs)).toEqual([10_000]);
    expect(JSON.stringify(logged)).not.toMatch(/jo@clinic|secret-of-the-link/);
  });

  it.each([
    ['hangs up', (socket: Socket) => void socket.destroy()],
    ['hangs up after its greeting', (socket: Socket) => void socket.end('220 hello\r\n')],
    ['speaks another protocol', (socket: Socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['says too much', (socket: Socket) => void socket.write(`220 ${'x'.repeat(100_000)}\r\n`)],
  ])('%s is tried again', async (_what, treat) => {
    const server = await startOdd(treat);
    const { mailer } = startMailer(server.port);
    mailer.send(testMail());
    await expect.poll(() => mailer.counts().retried).toBe(1);
  });

  it('dies in the middle of a mail gets it whole at the next attempt, under the same id', async () => {
    const taken: string[] = [];
    const dying = await startOdd((socket) => {
      const isFirst = taken.length === 0;
      let text = '';
      socket.write('220 hello\r\n');
      socket.on('data', (data) => {
        const line = data.toString();
        if (/^(?:EHLO|MAIL|RCPT)/.test(line)) socket.write('250 ok\r\n');
        else if (line.startsWith('DATA')) socket.write('354 go on\r\n');
        else {
          text += line;
          if (!text.endsWith('\r\n.\r\n')) return;
          taken.push(text);
          if (isFirst) socket.destroy();
          else socket.write('250 taken\r\n');
        }
      });
    });
    const { mailer, timers, logged } = startMailer(dying.port);
    mailer.send(testMail());
    await expect.poll(() => mailer.counts().retried).toBe(1);
    expect(logged[0]?.because).toBe('ECONNECTION');
    await fire(timers);
    await expect.poll(() => mailer.counts().sent).toBe(1);
    const ids = taken.map((text) => /^Message-ID: (.*)$/im.exec(text)?.[1]);
    expect(ids).toHaveLength(2);
    expect(ids[0]).toBe(ids[1]);
  });

  it('never speaks is given up after a minute and a half', async () => {
    const server = await startOdd(() => {});
    const { mailer, timers, logged } = startMailer(server.port);
    mailer.send(testMail());
    await expect.poll(() => timers.length).toBe(1);
    expect(await fire(timers)).toBe(90_000);
    await expect.poll(() => mailer.counts().retried).toBe(1);
    expect(logged[0]?.because).toBe('EABORT');
  });

  it('never speaks holds the stop up for five seconds at most', async () => {
    const server = await startOdd(() => {});
    const { mailer, timers, logged } = startMailer(server.port);
    mailer.send(testMail());
    await expect.poll(() => timers.length).toBe(1);
    const stopping = mailer.stop();
    const deadline = timers.find(({ delayMs }) => delayMs === 5_000);
    deadline?.call();
    await stopping;
    expect(logged).toEqual([expect.objectContaining({ because: 'stopped' })]);
  });
});
