import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeUtf8Octets } from '../../../src/oauth/utf8-octets.ts';

const octetsOf = (text: string) => String.fromCharCode(...new TextEncoder().encode(text));

describe('decodeUtf8Octets', () => {
  it('reads back any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(decodeUtf8Octets(octetsOf(text))).toBe(text);
      }),
    );
  });

  it('keeps a byte order mark', () => {
    expect(decodeUtf8Octets('\u00ef\u00bb\u00bf{}')).toBe('\ufeff{}');
  });

  it.each(['\u00ff', '\u00c0\u00af', 'a\u0080', '\u00ed\u00a0\u0080', '\u00c3'])(
    'does not read %j',
    (octets) => {
      expect(decodeUtf8Octets(octets)).toBeUndefined();
    },
  );
});
