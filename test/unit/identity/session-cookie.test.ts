import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSessionToken } from '../../../src/identity/session-cookie.ts';

describe('isSessionToken', () => {
  it('takes any 256 bits, in no spelling but one', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const token = bytes.toBase64({ alphabet: 'base64url', omitPadding: true });
        const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
        const next = alphabet[alphabet.indexOf(token.slice(-1)) + 1];

        expect(isSessionToken(token)).toBe(true);
        expect(isSessionToken(token.slice(0, -1) + next)).toBe(false);
      }),
    );
  });

  it.each([
    '',
    'A'.repeat(42),
    'A'.repeat(44),
    `${'A'.repeat(42)}=`,
    `+${'A'.repeat(42)}`,
    `${'A'.repeat(43)}\n`,
  ])('does not take %j', (text) => {
    expect(isSessionToken(text)).toBe(false);
  });
});
