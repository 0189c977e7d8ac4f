import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64url } from '../../../src/oauth/base64url.ts';
import { hasThreeParts, readCompactJws } from '../../../src/oauth/compact-jws.ts';

describe('decodeBase64url', () => {
  it('reads back what was encoded, and every text that it reads is the one spelling of its bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = bytes.toBase64({ alphabet: 'base64url', omitPadding: true });
        expect(decodeBase64url(text)).toEqual(bytes);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ABgQwxyz019-_+/= \n'), maxLength: 8 }), (text) => {
        const bytes = decodeBase64url(text);
        if (bytes !== undefined)
          expect(bytes.toBase64({ alphabet: 'base64url', omitPadding: true })).toBe(text);
      }),
    );
  });

  it.each(['A', 'AAAAA', 'AA==', 'AAA=', 'AB', 'AAB', 'A+', 'A/', 'AA AA', 'AAAA\n', 'é'])(
    'refuses %j',
    (text) => {
      expect(decodeBase64url(text)).toBeUndefined();
    },
  );
});

describe('hasThreeParts', () => {
  it('holds for exactly two dots', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('.', 'a'), maxLength: 8 }), (text) => {
        expect(hasThreeParts(text)).toBe(text.split('.').length === 3);
      }),
    );
  });
});

describe('readCompactJws', () => {
  it('reads header, payload, signing input and signature', () => {
    expect(readCompactJws('eyJhIjoxfQ.eyJiIjoyfQ.AQID')).toEqual({
      header: { a: 1 },
      payload: { b: 2 },
      signingInput: 'eyJhIjoxfQ.eyJiIjoyfQ',
      signature: Uint8Array.of(1, 2, 3),
    });
  });

  it('takes the last of repeated members, as RFC 7515, section 4 allows', () => {
    const header = btoa('{"alg":"none","alg":"RS256"}').replaceAll('=', '');
    expect(readCompactJws(`${header}.e30.`)?.header).toEqual({ alg: 'RS256' });
  });

  it.each(['e30A', 'e30.e30', 'e30.e30.AAAA.AAAA', ''])('refuses %j, which has not three parts', (text) => {
    expect(readCompactJws(text)).toBeUndefined();
  });

  it('refuses invalid UTF-8', () => {
    expect(readCompactJws('eyJhIjoi_yJ9.e30.')).toBeUndefined();
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'eyJ9W10.') })), (text) => {
        expect(() => readCompactJws(text)).not.toThrow();
      }),
    );
  });
});
