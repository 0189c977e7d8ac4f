import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIpAddress } from '../../../../src/gateway/client/ip-address.ts';

describe('parseIpAddress', () => {
  it.each([
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['10.0.0.1', '10.0.0.1'],
    ['::', '::'],
    ['::1', '::1'],
    ['2001:DB8::0001', '2001:db8::1'],
    ['2001:0db8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['1::', '1::'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::2:3:4:5:6:7:8', '0:2:3:4:5:6:7:8'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::FFFF:0a00:0001', '10.0.0.1'],
    ['0:0:0:0:0:ffff:10.0.0.1', '10.0.0.1'],
    ['::10.0.0.1', '::a00:1'],
    ['::ffff:0:10.0.0.1', '::ffff:0:a00:1'],
  ])('writes %s as %s', (text, canonical) => {
    expect(parseIpAddress(text)?.text).toBe(canonical);
  });

  it.each([
    '',
    ' ',
    ' 10.0.0.1',
    '10.0.0.1 ',
    '10.0.0.1\n',
    '10.0.0',
    '10.0.0.1.',
    '.10.0.0.1',
    '10.0.0.0.1',
    '10..0.1',
    '10.0.0.256',
    '10.0.0.-1',
    '10.0.0.+1',
    '10.0.0.1e0',
    '010.0.0.1',
    '10.0.0.00',
    '0x0a.0.0.1',
    '167772161',
    '10.1',
    '10.0.0.1:80',
    '10.0.0.1/32',
    '१०.0.0.1',
    '10。0。0。1',
    ':',
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '::1:2:3:4:5:6:7:8',
    '1::2::3',
    ':1:2:3:4:5:6:7:8',
    '1:2:3:4:5:6:7:8:',
    '12345::',
    '00001::',
    'g::',
    '[::1]',
    '[::1]:80',
    '::1%eth0',
    'fe80::1%25eth0',
    '::ffff:010.0.0.1',
    '::ffff:10.0.0.256',
    '::10.0.0.1:1',
    '10.0.0.1::',
    '1:2:3:4:5:6:7:10.0.0.1',
    'unknown',
    '_hidden',
    'localhost',
    '1'.repeat(100_000),
    ':'.repeat(100_000),
  ])('refuses %j', (text) => {
    expect(parseIpAddress(text)).toBeUndefined();
  });

  it('reads any IPv6 address as the URL standard does, and its own writing as it is', () => {
    const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        fc.pre(!(groups[5] === 0xffff && groups.slice(0, 5).every((value) => value === 0)));
        const written = groups.map((value) => value.toString(16).toUpperCase().padStart(4, '0')).join(':');
        const address = parseIpAddress(written);
        expect(`[${address?.text}]`).toBe(new URL(`http://[${written}]/`).hostname);
        expect(parseIpAddress(address?.text ?? '')).toEqual(address);
      }),
    );
  });

  it('takes the texts that the operating system takes, zones aside', () => {
    const piece = fc.constantFrom(
      '0',
      '1',
      '00',
      '10',
      '255',
      '256',
      'ffff',
      'a',
      'G',
      ':',
      '::',
      '.',
      '.',
      ':',
      '%',
      '/',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 16 }), (pieces) => {
        const text = pieces.join('');
        expect(parseIpAddress(text) !== undefined, text).toBe(!text.includes('%') && isIP(text) !== 0);
      }),
      { numRuns: 5000 },
    );
  });
});
