import { describe, expect, it } from 'vitest';
import { normalizePassword } from '../../../../src/core/passwords/normalize-password.ts';

describe('normalizePassword', () => {
  it('makes the composed and the decomposed form of a password the same', () => {
    expect(normalizePassword('cafe\u0301')).toBe(normalizePassword('caf\u00e9'));
    expect(normalizePassword('\ufb01ne')).toBe('fine');
  });

  it('keeps spaces and case', () => {
    expect(normalizePassword(' A b ')).toBe(' A b ');
  });
});
