import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFormText, parseFormBody } from '../../../src/oauth/form-body.ts';

describe('parseFormBody', () => {
  it('reads what URLSearchParams writes, but for parameters without a value', () => {
    const entries = fc.uniqueArray(
      fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })),
      {
        selector: ([name]) => name,
      },
    );
    fc.assert(
      fc.property(entries, (pairs) => {
        const form = parseFormBody(new URLSearchParams(pairs).toString());
        expect(form).toEqual({ ok: true, value: new Map(pairs.filter(([, value]) => value !== '')) });
      }),
    );
  });

  it.each([
    ['a=1&a=1', 'repeated'],
    ['a=&%61=1', 'repeated'],
    ['a&a', 'repeated'],
    ['a=%', 'malformed'],
    ['a=%zz', 'malformed'],
    ['a=%c0%af', 'malformed'],
    ['%ff=1', 'malformed'],
    ['a=ä', 'malformed'],
    ['a=\n', 'malformed'],
  ])('refuses %j', (text, reason) => {
    expect(parseFormBody(text)).toEqual({ ok: false, reason });
  });

  it('never throws, and gives no parameter without a value', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const form = parseFormBody(text);
        if (form.ok) expect([...form.value.values()]).not.toContain('');
      }),
    );
  });
});

describe('decodeFormText', () => {
  it('takes plus for a space and an escaped plus for a plus', () => {
    expect(decodeFormText('a+b%2Bc%20d')).toBe('a b+c d');
  });
});
