import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBasicCredential } from '../../../src/oauth/basic-credential.ts';

const encode = (text: string) => `Basic ${new TextEncoder().encode(text).toBase64()}`;

describe('parseBasicCredential', () => {
  it('reads back any id without a colon and any secret', () => {
    const wellFormed = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(
        wellFormed.filter((id) => !id.includes(':')),
        wellFormed,
        (userId, password) => {
          expect(parseBasicCredential(encode(`${userId}:${password}`))).toEqual({ userId, password });
        },
      ),
    );
  });

  it('takes the scheme in any case and splits at the first colon', () => {
    expect(parseBasicCredential('bAsIc YTpiOmM=')).toEqual({ userId: 'a', password: 'b:c' });
  });

  it.each([
    '',
    'Basic',
    'Basic ',
    'Basic YTpi!',
    'Basic YTpiOmM',
    'Basic YTpi, Basic YTpi',
    'Bearer YTpi',
    'Basic YQ==',
    'Basic /zo6',
    'Basic YTpiOmN=',
  ])('does not read %j', (value) => {
    expect(parseBasicCredential(value)).toBeUndefined();
  });
});
