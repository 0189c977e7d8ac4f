import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientAddress } from '../../../../src/gateway/client/client-address.ts';
import { createTrustedProxies } from '../../../../src/gateway/client/trusted-proxies.ts';

/** Behind the proxies 10.0.0.0/8 and ::1. */
function clientOf(peer: string | undefined, ...forwardedFor: string[]): string | undefined {
  const trusted = createTrustedProxies(['10.0.0.0/8', '::1']);
  if (!trusted.ok) throw new Error(trusted.reason);
  return clientAddress(peer, forwardedFor, trusted.value);
}

describe('clientAddress of a peer that is not trusted', () => {
  it('is the peer, whatever it claims', () => {
    expect(clientOf('203.0.113.7')).toBe('203.0.113.7');
    expect(clientOf('203.0.113.7', '10.0.0.1')).toBe('203.0.113.7');
    expect(clientOf('203.0.113.7', '127.0.0.1, ::1', 'garbage')).toBe('203.0.113.7');
  });

  it('is written in the canonical form', () => {
    expect(clientOf('::ffff:203.0.113.7')).toBe('203.0.113.7');
    expect(clientOf('2001:DB8:0:0::7')).toBe('2001:db8::7');
  });

  it.each([undefined, '', 'unknown', 'fe80::1%eth0', '10.0.0.1:1234', '/run/socket'])(
    'is unknown where the peer is %j, which then speaks for nobody',
    (peer) => {
      expect(clientOf(peer)).toBeUndefined();
      expect(clientOf(peer, '203.0.113.7')).toBeUndefined();
    },
  );
});

describe('clientAddress behind a trusted proxy', () => {
  it.each([
    ['the proxy itself, where nothing is forwarded', [], '10.0.0.1'],
    ['the only entry', ['203.0.113.7'], '203.0.113.7'],
    [
      'the rightmost untrusted entry, and never the spoofed leftmost',
      ['1.2.3.4, 203.0.113.7'],
      '203.0.113.7',
    ],
    ['what stands left of further proxies', ['1.2.3.4, 203.0.113.7, 10.9.9.9, ::1'], '203.0.113.7'],
    ['behind a spoofed inner address', ['10.0.0.5, 203.0.113.7'], '203.0.113.7'],
    ['the leftmost, where all are trusted', ['10.0.0.3, 10.0.0.2'], '10.0.0.3'],
    ['canonical', ['1.1.1.1,::FFFF:203.0.113.7'], '203.0.113.7'],
    ['past a proxy in its mapped form', ['203.0.113.7, ::ffff:10.0.0.2'], '203.0.113.7'],
    ['not misled by blanks', [' \t203.0.113.7\t , \t10.0.0.2 '], '203.0.113.7'],
    ['over several fields, the last first', ['1.2.3.4', '203.0.113.7', '10.0.0.2'], '203.0.113.7'],
    ['good, although garbage stands left of it', ['<script>, 203.0.113.7'], '203.0.113.7'],
  ])('is %s', (_, forwardedFor, expected) => {
    expect(clientOf('10.0.0.1', ...forwardedFor)).toBe(expected);
    expect(clientOf('::ffff:10.0.0.1', ...forwardedFor)).toBe(expected);
  });

  it.each([
    ['unknown'],
    ['_hidden'],
    ['203.0.113.7:4711'],
    ['[2001:db8::1]:4711'],
    ['[2001:db8::1]'],
    ['fe80::1%eth0'],
    ['"203.0.113.7"'],
    ['for=203.0.113.7'],
    ['203.0.113.7 10.0.0.2'],
    ['203.0.113.7;10.0.0.2'],
    ['0xcb.0.113.7'],
    ['203.0.113.07'],
    ['3405803783'],
    ['\u00a0203.0.113.7'],
    ['203.0.113.7\v'],
    [''],
    [' '],
    ['203.0.113.7,'],
    ['203.0.113.7,,10.0.0.2'],
  ])('is unknown where the walk meets %j', (entry) => {
    expect(clientOf('10.0.0.1', entry)).toBeUndefined();
    expect(clientOf('10.0.0.1', '203.0.113.9', entry)).toBeUndefined();
    expect(clientOf('10.0.0.1', `203.0.113.9, ${entry}, 10.0.0.3`)).toBeUndefined();
  });

  it('does not depend on what the client wrote itself', () => {
    const written = fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string(), fc.constant('10.0.0.9')));
    fc.assert(
      fc.property(written, (entries) => {
        expect(clientOf('10.0.0.1', [...entries, '203.0.113.7', '10.0.0.2'].join(', '))).toBe('203.0.113.7');
        expect(clientOf('10.0.0.1', ...entries, '203.0.113.7, 10.0.0.2')).toBe('203.0.113.7');
      }),
    );
  });

  it('walks a field as long as a server takes, full of blanks or of proxies', () => {
    expect(clientOf('10.0.0.1', `203.0.113.7,${' '.repeat(64 * 1024)}x`)).toBeUndefined();
    expect(clientOf('10.0.0.1', `203.0.113.7${', 10.0.0.2'.repeat(6000)}`)).toBe('203.0.113.7');
  });
});
