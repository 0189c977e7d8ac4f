import { describe, expect, it } from 'vitest';
import { parseEmailAddress } from '../../../src/identity/email-address.ts';

const LONG_DOMAIN = `${'d'.repeat(63)}.${'e'.repeat(63)}.${'f'.repeat(57)}.test`;

describe('an e-mail address', () => {
  it.each([
    ['jo@clinic.test', 'jo@clinic.test'],
    ['Jo.Doe+Ward@Clinic.TEST', 'jo.doe+ward@clinic.test'],
    ["o'neill@a-b.c.test", "o'neill@a-b.c.test"],
    ['jo@xn--bcher-kva.test', 'jo@xn--bcher-kva.test'],
    [`${'a'.repeat(62)}@${LONG_DOMAIN}`, `${'a'.repeat(62)}@${LONG_DOMAIN}`],
  ])('%j is kept as %j', (text, address) => {
    expect(parseEmailAddress(text)).toEqual({ ok: true, value: address });
  });

  it.each([
    ...[
      '',
      '@',
      'jo',
      'jo@',
      '@clinic.test',
      'jo@clinic',
      'jo@@clinic.test',
      'a@b.test,c@d.test',
      'a@b.test c@d.test',
    ],
    ...[
      '.jo@clinic.test',
      'jo.@clinic.test',
      'j..o@clinic.test',
      'jo@.test',
      'jo@clinic..test',
      'jo@-a.test',
    ],
    ...[
      'jo@a-.test',
      'jo@clinic.test.',
      '"jo"@clinic.test',
      'Jo <jo@clinic.test>',
      'jo(x)@clinic.test',
      'jo@[192.0.2.1]',
    ],
    ...[
      'jo@clinic.test\n',
      'jo\r\nBcc: x@y.test@clinic.test',
      'jo\0@clinic.test',
      'jö@clinic.test',
      'jo@bücher.test',
    ],
    ...['jo@\u212Aclinic.test', `${'a'.repeat(65)}@clinic.test`, `jo@${'d'.repeat(64)}.test`],
    `${'a'.repeat(64)}@${LONG_DOMAIN}`,
  ])('%j is none', (text) => {
    expect(parseEmailAddress(text).ok).toBe(false);
  });
});
