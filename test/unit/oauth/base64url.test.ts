import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64url, decodeBase64urlOctets } from '../../../src/oauth/base64url.ts';

const encode = (bytes: Uint8Array) => bytes.toBase64({ alphabet: 'base64url', omitPadding: true });
const octetsOf = (bytes: Uint8Array) => String.fromCharCode(...bytes);

describe('decodeBase64url and decodeBase64urlOctets', () => {
  it('read back any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = encode(bytes);
        expect(decodeBase64url(text)).toEqual(bytes);
        expect(decodeBase64urlOctets(text)).toBe(octetsOf(bytes));
      }),
    );
  });

  it('read one spelling of any bytes alone, and agree on every text', () => {
    const near = fc.string({ unit: fc.constantFrom(...'ABQgwz09_-+/= \n\t\f\r\vé') });
    fc.assert(
      fc.property(fc.oneof(near, fc.string()), (text) => {
        const bytes = decodeBase64url(text);
        expect(bytes === undefined ? undefined : encode(bytes)).toBe(bytes === undefined ? undefined : text);
        expect(decodeBase64urlOctets(text)).toBe(bytes === undefined ? undefined : octetsOf(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['A', 'AB', 'AAB', 'AA==', 'A A', 'AA\n', ' AA', 'A+AA', 'A/AA', 'AAAAA', 'AAAé'])(
    'do not read %j',
    (text) => {
      expect([decodeBase64url(text), decodeBase64urlOctets(text)]).toEqual([undefined, undefined]);
    },
  );
});
