import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createApiKey, hintOfApiKey, isApiKey } from '../../../src/identity/api-key.ts';

const BASE62 = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'];

describe('API keys', () => {
  it('are wgk_, 43 random characters and the CRC-32 of these in 6', () => {
    const key = createApiKey();
    expect(key).toMatch(/^wgk_[0-9A-Za-z]{49}$/);
    const check = [...key.slice(47)].reduce((sum, digit) => sum * 62 + BASE62.indexOf(digit), 0);
    expect(check).toBe(crc32(key.slice(4, 47)));
  });

  it('never repeat, and each is one', () => {
    const keys = Array.from({ length: 200 }, createApiKey);
    expect(new Set(keys).size).toBe(200);
    expect(keys.filter(isApiKey)).toHaveLength(200);
  });

  it('are none any more with one character changed, lost or added', () => {
    const key = createApiKey();
    fc.assert(
      fc.property(fc.nat({ max: key.length - 1 }), fc.constantFrom(...BASE62), (index, character) => {
        fc.pre(key[index] !== character);
        expect(isApiKey(key.slice(0, index) + character + key.slice(index + 1))).toBe(false);
      }),
    );
    expect(isApiKey(key.slice(0, -1))).toBe(false);
    expect(isApiKey(`${key}0`)).toBe(false);
    expect(isApiKey(`${key}\n`)).toBe(false);
    expect(isApiKey('')).toBe(false);
  });

  it('are known again by their first eight characters', () => {
    const key = createApiKey();
    expect(hintOfApiKey(key)).toBe(key.slice(0, 8));
  });
});
