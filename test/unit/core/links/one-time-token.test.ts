import { describe, expect, it } from 'vitest';
import { createOneTimeToken, hashOneTimeToken } from '../../../../src/core/links/one-time-token.ts';

describe('one-time tokens', () => {
  it('are 256 random bits that a link can hold as they are', () => {
    const tokens = Array.from({ length: 100 }, createOneTimeToken);
    expect(new Set(tokens).size).toBe(100);
    for (const token of tokens) {
      expect(encodeURIComponent(token)).toBe(token);
      expect(Uint8Array.fromBase64(token, { alphabet: 'base64url' })).toHaveLength(32);
    }
  });

  it('are kept as their SHA-256', async () => {
    const digest = await hashOneTimeToken('A'.repeat(43));
    // printf %s AAAA… (43 of them) | sha256sum
    expect(digest?.toHex()).toBe('0f007385b6f9d4b7eeb2748605afe1a984a0a3bfa3f014d09e2a784ce9e5cd1a');
    for (const token of Array.from({ length: 100 }, createOneTimeToken))
      expect(await hashOneTimeToken(token)).toHaveLength(32);
  });

  it.each([
    '',
    'A'.repeat(42),
    'A'.repeat(44),
    `${'A'.repeat(42)}B`,
    `${'A'.repeat(42)}=`,
    `${'A'.repeat(43)}\n`,
  ])('are not %j', async (text) => expect(await hashOneTimeToken(text)).toBeUndefined());
});
