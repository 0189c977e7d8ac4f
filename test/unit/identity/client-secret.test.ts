import { describe, expect, it } from 'vitest';
import { isApiKey } from '../../../src/identity/api-key.ts';
import { isCheckedSecret } from '../../../src/identity/checked-secret.ts';
import { createClientSecret } from '../../../src/identity/client-secret.ts';

describe('client secrets', () => {
  it('are wgs_ and 49 characters, never repeat, and are no API keys', () => {
    const secrets = Array.from({ length: 100 }, createClientSecret);
    expect(new Set(secrets).size).toBe(100);
    for (const secret of secrets) {
      expect(secret).toMatch(/^wgs_[0-9A-Za-z]{49}$/);
      expect(isCheckedSecret('wgs_', secret)).toBe(true);
      expect(isApiKey(secret) || isApiKey(secret.replace('wgs_', 'wgk_x'))).toBe(false);
    }
  });

  it('have a check that another character breaks', () => {
    const secret = createClientSecret();
    const other = secret[10] === 'a' ? 'b' : 'a';
    expect(isCheckedSecret('wgs_', secret.slice(0, 10) + other + secret.slice(11))).toBe(false);
  });
});
