import { describe, expect, it } from 'vitest';
import { isApiKey } from '../../../src/identity/api-key.ts';
import { createClientSecret, isClientSecret } from '../../../src/identity/client-secret.ts';

describe('client secrets', () => {
  it('are wgs_ and 49 characters, never repeat, and are no API keys', () => {
    const secrets = Array.from({ length: 100 }, createClientSecret);
    expect(new Set(secrets).size).toBe(100);
    for (const secret of secrets) {
      expect(secret).toMatch(/^wgs_[0-9A-Za-z]{49}$/);
      expect(isClientSecret(secret)).toBe(true);
      expect(isApiKey(secret) || isApiKey(secret.replace('wgs_', 'wgk_x'))).toBe(false);
    }
  });

  it('are none with another character in them', () => {
    const secret = createClientSecret();
    const other = secret[10] === 'a' ? 'b' : 'a';
    expect(isClientSecret(secret.slice(0, 10) + other + secret.slice(11))).toBe(false);
  });
});
