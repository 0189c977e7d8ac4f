import { describe, expect, it } from 'vitest';
import { bearerChallenge } from '../../../src/oauth/challenge.ts';

describe('bearerChallenge', () => {
  it('is exactly Bearer where no credential was sent', () => {
    expect(bearerChallenge()).toBe('Bearer');
    expect(bearerChallenge({ scope: 'alerts:read' })).toBe('Bearer');
  });

  it('names the error of a credential that was sent', () => {
    expect(bearerChallenge({ error: 'invalid_token' })).toBe('Bearer error="invalid_token"');
  });

  it('names the scopes that are needed', () => {
    expect(bearerChallenge({ error: 'insufficient_scope', scope: 'alerts:read alerts:write' })).toBe(
      'Bearer error="insufficient_scope", scope="alerts:read alerts:write"',
    );
  });

  it.each(['a"b', 'a\\b', 'a\r\nb', '', ' a', 'a  b', 'é'])(
    'leaves out a scope that cannot stand between quotes: %j',
    (scope) => {
      expect(bearerChallenge({ error: 'insufficient_scope', scope })).toBe(
        'Bearer error="insufficient_scope"',
      );
    },
  );
});
