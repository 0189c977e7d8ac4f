import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kindOfToken } from '../../../../src/core/introspection/token-kind.ts';
import { createSessionToken } from '../../../../src/core/sessions/session-token.ts';
import { createApiKey } from '../../../../src/identity/api-key.ts';

describe('the kind of a token', () => {
  it('is told by its shape', () => {
    expect(kindOfToken('a.b.c')).toBe('access_token');
    expect(kindOfToken(createSessionToken())).toBe('session_token');
    expect(kindOfToken(createApiKey())).toBe('api_key');
    expect(kindOfToken('A'.repeat(71))).toBe('refresh_token');
  });

  it('is none for other texts, for a mistyped key, and for what is too long', () => {
    for (const text of ['', 'x', 'A'.repeat(44), 'a.b', 'a.b.c.d', `a.b.${'c'.repeat(8192)}`])
      expect(kindOfToken(text)).toBeUndefined();
    expect(kindOfToken(createApiKey().toLowerCase())).toBeUndefined();
  });

  it('is told of any text without a failure', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void kindOfToken(text)));
  });
});
