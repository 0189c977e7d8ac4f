import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMailSender, readMailServer } from '../../../src/config/mail-settings.ts';

describe('the address of the mail server', () => {
  it.each([
    ['smtps://mail.example', { host: 'mail.example', port: 465, protection: 'tls' }],
    ['smtps://mail.example:4650/', { port: 4650, protection: 'tls' }],
    ['smtp://mail.example', { port: 587, protection: 'starttls' }],
    ['SMTP://mail.example:25?tls=required', { port: 25, protection: 'starttls' }],
    ['smtp://mailpit:1025?tls=none', { host: 'mailpit', port: 1025, protection: 'none' }],
    ['smtp://127.0.0.1:1025', { protection: 'none' }],
    ['smtp://localhost?tls=required', { protection: 'starttls' }],
    ['smtps://[::1]:465', { host: '::1', protection: 'tls' }],
    ['smtp://[::1]:25', { host: '::1', protection: 'none' }],
    ['smtps://u%40x:p%2Fw@m.example', { credential: { user: 'u@x', password: 'p/w' } }],
    ['smtp://u:p@localhost', { protection: 'none', credential: { user: 'u', password: 'p' } }],
  ])('takes %s', (text, expected) => {
    const server = readMailServer(text);
    expect(server).toMatchObject({ ok: true, value: expected });
  });

  it.each([
    ['http://mail.example', 'an address such as'],
    ['smtp://', 'an address such as'],
    ['smtp://mail.example:0', 'an address such as'],
    ['smtp://mail.example:99999', 'an address such as'],
    ['smtp://mail.example/path', 'an address such as'],
    ['smtp://mail .example', 'an address such as'],
    ['smtp://mail.example#x', 'an address such as'],
    ['smtp://mail.example?tls.rejectUnauthorized=false', 'nothing behind the host but'],
    ['smtp://mail.example?tls=none&pool=true', 'nothing behind the host but'],
    ['smtps://mail.example?tls=none', 'smtp:// where tls=none is said'],
    ['smtps://user@mail.example', 'a user and a password'],
    ['smtps://u:%ff@mail.example', 'a user and a password'],
    ['smtp://u:p@mail.example?tls=none', 'no password where tls=none'],
  ])('refuses %s, and says what was expected', (text, expected) => {
    const server = readMailServer(text);
    expect(server).toEqual({ ok: false, reason: expect.stringContaining(expected) });
  });

  it('goes in the clear off this machine only where tls=none is said, and never with a password', () => {
    const host = fc.constantFrom('mail.example', 'localhost', '127.0.0.1', '10.0.0.1', 'localhost.evil.test');
    const parts = fc.record({
      scheme: fc.constantFrom('smtp', 'smtps'),
      user: fc.constantFrom('', 'u:p@'),
      host,
      query: fc.constantFrom('', '?tls=none', '?tls=required'),
    });
    fc.assert(
      fc.property(parts, ({ scheme, user, host, query }) => {
        const server = readMailServer(`${scheme}://${user}${host}${query}`);
        if (!server.ok || server.value.protection !== 'none') return;
        const isHere = ['localhost', '127.0.0.1'].includes(host);
        expect(isHere || (query === '?tls=none' && user === '')).toBe(true);
      }),
    );
  });
});

describe('the sender of mails', () => {
  it.each([
    ['No-Reply@clinic.example', { name: undefined, address: 'no-reply@clinic.example' }],
    ['<no-reply@clinic.example>', { name: undefined, address: 'no-reply@clinic.example' }],
    [
      'Clinic of Łódź <no-reply@clinic.example>',
      { name: 'Clinic of Łódź', address: 'no-reply@clinic.example' },
    ],
  ])('is taken as %s', (text, expected) => {
    expect(readMailSender(text)).toEqual({ ok: true, value: expected });
  });

  it.each([
    'clinic',
    'a@b@clinic.example',
    'a@clinic.example, b@clinic.example',
    'Clinic <a@clinic.example> <b@clinic.example>',
    'Clinic\r\nBcc: x@y.test <a@clinic.example>',
    '"Clinic" <a@clinic.example>',
    'Clinic<a@clinic.example>',
  ])('is refused as %j', (text) => {
    expect(readMailSender(text).ok).toBe(false);
  });
});
