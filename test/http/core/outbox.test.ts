import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createOutboxApp, OUTBOX_PATH } from '../../../src/core/http/pages/outbox-app.ts';
import { createOutbox } from '../../../src/core/mail/outbox.ts';
import { type LogFields, silentLog } from '../../../src/lib/log.ts';
import { testMail } from '../../support/core/mails.ts';

const ADDRESS = 'http://localhost:8080/_gateway/outbox';

function startOutbox() {
  const logged: (LogFields | undefined)[] = [];
  const log = { ...silentLog, info: (_: string, fields?: LogFields) => logged.push(fields) };
  const outbox = createOutbox({ address: ADDRESS, clock: () => 0, log });
  const app = createOutboxApp(outbox);
  const open = async (address = ADDRESS, clientAddress: string | undefined = '127.0.0.1') =>
    app.request(address, {}, { requestId: 'req-1', clientAddress });
  return { outbox, open, logged };
}

describe('the outbox', () => {
  it('shows mails, the newest first, with links that can be followed', async () => {
    const { outbox, open } = startOutbox();
    expect(await (await open()).text()).toContain('There is no mail yet');
    outbox.send(testMail({ subject: 'First', text: 'See https://gate.test/x#token=abc now' }));
    outbox.send(testMail({ subject: 'Second' }));
    const page = await (await open()).text();
    expect(page.indexOf('Second')).toBeLessThan(page.indexOf('First'));
    expect(page).toContain(
      'See <a href="https://gate.test/x#token=abc">https://gate.test/x#token=abc</a> now',
    );
  });

  it('says in the log where a mail is to be read, and nothing of what is in it', () => {
    const { outbox, logged } = startOutbox();
    outbox.send(testMail());
    expect(logged).toEqual([{ kind: 'password_reset', user_id: testMail().userId, outbox: ADDRESS }]);
  });

  it('keeps fifty mails and forgets older ones', () => {
    const { outbox } = startOutbox();
    for (let index = 0; index < 60; index += 1) outbox.send(testMail({ subject: `${index}` }));
    const kept = outbox.list().map(({ subject }) => subject);
    expect([kept.length, kept[0], kept.at(-1)]).toEqual([50, '59', '10']);
  });

  it('is not there for other machines, nor for pages that reach us by a name of their own', async () => {
    const { outbox, open } = startOutbox();
    outbox.send(testMail());
    for (const [address, client, status] of [
      [ADDRESS, '192.0.2.7', 404],
      [ADDRESS, '127.evil', 404],
      ['http://rebound.evil.test/_gateway/outbox', '127.0.0.1', 404],
      ['http://127.0.0.1:8080/_gateway/outbox', '127.0.0.1', 200],
      ['http://[::1]:8080/_gateway/outbox', '::1', 200],
    ] as const)
      expect([address, client, (await open(address, client)).status]).toEqual([address, client, status]);
  });

  it('runs nothing that a mail holds, and is kept by no cache', async () => {
    const { outbox, open } = startOutbox();
    outbox.send(
      testMail({ subject: '<script>alert(1)</script>', text: 'https://x.test/"><b>', to: '<i>@x.test' }),
    );
    const response = await open();
    const page = await response.text();
    expect(page).not.toMatch(/<script|<b>|<i>/);
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(response.headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect((await open(`${ADDRESS}/x`)).status).toBe(404);
    expect(OUTBOX_PATH).toBe('/_gateway/outbox');
  });
});
