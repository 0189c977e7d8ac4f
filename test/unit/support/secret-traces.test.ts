import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findTraces } from '../../support/attack/secret-traces.ts';

describe('the search for secrets in this suite', () => {
  it('finds a secret in every form in which it could be written somewhere', () => {
    const secret = fc.string({ unit: 'grapheme-ascii', minLength: 12, maxLength: 60 });
    const around = fc.string({ maxLength: 5 });
    const forms: readonly ((text: string) => string)[] = [
      (text) => text,
      (text) => JSON.stringify({ a: text }),
      (text) => JSON.stringify(JSON.stringify({ a: text })),
      (text) => encodeURIComponent(text),
      (text) => new URLSearchParams({ a: text }).toString().replaceAll('%20', '+'),
      (text) => Buffer.from(text).toString('hex'),
      (text) => Buffer.from(text).toString('hex').toUpperCase(),
      (text) => Buffer.from(text).toString('base64'),
      (text) => Buffer.from(text).toString('base64url'),
    ];
    fc.assert(
      fc.property(secret, around, around, fc.constantFrom(...forms), (text, before, behind, write) => {
        // What a form leaves unlike `encodeURIComponent` is none of the secrets that there are.
        fc.pre(!/[!'()~*]/.test(text));
        const written = write(`${before}${text}${behind}`);
        expect(findTraces(`x${written}x`, new Map([['it', text]]))).not.toEqual([]);
      }),
    );
  });

  it('finds the bytes that a token encodes, and a token that lost its beginning', () => {
    const token = Buffer.from(crypto.getRandomValues(new Uint8Array(36))).toString('base64url');
    const secrets = new Map([['token', token]]);
    const bytes = Buffer.from(token, 'base64url');
    expect(findTraces(`\\x${bytes.toString('hex')}`, secrets)).toEqual([
      { secret: 'token', form: 'decoded in hex' },
    ]);
    expect(findTraces(`…${token.slice(-30)}`, secrets)).toContainEqual({ secret: 'token', form: 'end' });
  });

  it('finds nothing where there is nothing', () => {
    expect(findTraces('some text', new Map([['it', 'another text']]))).toEqual([]);
  });
});
