import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIpAddress } from '../../../../src/gateway/client/ip-address.ts';
import { isInRange, parseIpRange } from '../../../../src/gateway/client/ip-range.ts';

function contains(range: string, text: string): boolean {
  const parsed = parseIpRange(range);
  const address = parseIpAddress(text);
  if (!parsed.ok || address === undefined) throw new Error(`${range} or ${text} cannot be read`);
  return isInRange(address, parsed.value);
}

describe('isInRange', () => {
  it.each([
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.0.0.0/8', '9.255.255.255', false],
    ['192.0.2.64/26', '192.0.2.127', true],
    ['192.0.2.64/26', '192.0.2.128', false],
    ['192.0.2.64/26', '192.0.2.63', false],
    ['128.0.0.0/1', '255.0.0.1', true],
    ['128.0.0.0/1', '127.0.0.1', false],
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', '127.0.0.2', false],
    ['127.0.0.1/32', '127.0.0.1', true],
    ['fd00::/8', 'fdff::1', true],
    ['fd00::/8', 'fe00::1', false],
    ['2001:db8:8000::/33', '2001:db8:ffff::', true],
    ['2001:db8:8000::/33', '2001:db8:7fff::', false],
    ['::1', '::1', true],
    ['::1/128', '::2', false],
    ['10.0.0.0/8', '::ffff:10.0.0.1', true],
    ['::ffff:10.0.0.0/104', '10.0.0.1', true],
    ['::ffff:10.0.0.1', '10.0.0.1', true],
    ['10.0.0.0/8', 'a00::', false],
    ['a00::/8', '10.0.0.1', false],
    ['8000::/1', '255.0.0.1', false],
  ])('%s holds %s: %s', (range, address, held) => {
    expect(contains(range, address)).toBe(held);
  });

  it('compares just the bits of the prefix', () => {
    const number = fc.integer({ min: 0, max: 0xffffffff });
    const dotted = (value: number): string =>
      [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
    fc.assert(
      fc.property(number, number, fc.integer({ min: 1, max: 32 }), (base, other, prefixBits) => {
        const shift = 32 - prefixBits;
        const first = Math.floor(base / 2 ** shift) * 2 ** shift;
        const held = contains(`${dotted(first)}/${prefixBits}`, dotted(other));
        expect(held).toBe(Math.floor(other / 2 ** shift) === Math.floor(base / 2 ** shift));
        expect(contains(`${dotted(first)}/${prefixBits}`, dotted(base))).toBe(true);
      }),
    );
  });
});

describe('parseIpRange', () => {
  it.each([
    ['0.0.0.0/0', 'which is everyone'],
    ['::/0', 'which is everyone'],
    ['10.0.0.0/0', 'which is everyone'],
    ['::ffff:0.0.0.0/96', 'which is everyone'],
    ['10.0.0.1/8', 'no bits set behind the prefix'],
    ['fd00::1/64', 'no bits set behind the prefix'],
    ['10.0.0.0/33', 'prefix length from 1 to 32'],
    ['::1/129', 'prefix length from 1 to 128'],
    ['::ffff:10.0.0.0/8', 'prefix length from 1 to 32'],
    ['10.0.0.0/', 'prefix length'],
    ['10.0.0.0/08', 'prefix length'],
    ['10.0.0.0/-1', 'prefix length'],
    ['10.0.0.0/8.0', 'prefix length'],
    ['10.0.0.0/255.0.0.0', 'prefix length'],
    ['10.0.0.0/8/8', 'an address or a range'],
    ['10.0.0/8', 'an address or a range'],
    ['10/8', 'an address or a range'],
    ['010.0.0.0/8', 'an address or a range'],
    ['[::1]/128', 'an address or a range'],
    ['fe80::%eth0/10', 'an address or a range'],
    ['localhost', 'an address or a range'],
    ['*', 'an address or a range'],
    ['', 'an address or a range'],
    [' 10.0.0.0/8', 'an address or a range'],
  ])('refuses %j and says what was expected', (text, expected) => {
    const range = parseIpRange(text);
    expect(range.ok ? 'accepted' : range.reason).toContain(expected);
  });
});
