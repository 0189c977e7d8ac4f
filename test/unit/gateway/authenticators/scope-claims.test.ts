import { describe, expect, it } from 'vitest';
import { readScopes } from '../../../../src/gateway/authenticators/scope-claims.ts';

describe('scopes', () => {
  it.each<[Record<string, unknown>, string[]]>([
    [{ scope: 'openid alerts:read' }, ['openid', 'alerts:read']],
    [{ scope: '  a  b ' }, ['a', 'b']],
    [{ scope: '' }, []],
    [{}, []],
    [{ scope: ['a', 'b'] }, ['a', 'b']],
    [{ scp: ['a', 'b'] }, ['a', 'b']],
    [{ scp: 'a b' }, ['a', 'b']],
    [{ scope: 'a', scp: ['admin'] }, ['a']],
  ])('of %j are read', (payload, expected) => {
    expect(readScopes(payload)).toEqual({ ok: true, value: new Set(expected) });
  });

  it.each([
    { scope: 1 },
    { scope: {} },
    { scope: [1] },
    { scope: ['a b'] },
    { scope: 'a\tb' },
    { scope: 'é' },
    { scp: ['"'] },
  ])('refuse the token for %j', (payload) => {
    expect(readScopes(payload)).toEqual({ ok: false, reason: 'claim_malformed' });
  });
});
