import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRefreshToken, writeRefreshToken } from '../../../../src/core/sessions/refresh-token.ts';
import { createId } from '../../../../src/identity/ids.ts';

const makeKey = () =>
  crypto.subtle.importKey('raw', crypto.getRandomValues(new Uint8Array(32)), 'HKDF', false, ['deriveKey']);

describe('a refresh token', () => {
  it('says its session and counter to whoever has its key among several', async () => {
    const [old, young] = [await makeKey(), await makeKey()];
    const content = { sessionId: createId('session'), counter: 7 };
    const token = await writeRefreshToken(old, content);
    expect(await readRefreshToken([young, old], token)).toEqual(content);
    expect(await readRefreshToken([young], token)).toBeUndefined();
  });

  it('says nothing once any character of it was changed', async () => {
    const key = await makeKey();
    const token = await writeRefreshToken(key, { sessionId: createId('session'), counter: 0 });
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), fc.constantFrom(...'AQgwz09-_'), async (at, character) => {
        fc.pre(token[at] !== character);
        const changed = token.slice(0, at) + character + token.slice(at + 1);
        expect(await readRefreshToken([key], changed)).toBeUndefined();
      }),
    );
  });

  it.each(['', 'x', 'A'.repeat(71), 'A'.repeat(72), '\0'])('is not %j', async (text) => {
    expect(await readRefreshToken([await makeKey()], text)).toBeUndefined();
  });
});
