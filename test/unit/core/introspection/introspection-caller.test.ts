import { describe, expect, it } from 'vitest';
import { createIntrospect } from '../../../../src/core/introspection/introspect.ts';
import {
  createAuthenticateIntrospectionCaller,
  INTROSPECT_SCOPE,
} from '../../../../src/core/introspection/introspection-caller.ts';
import { buildPrincipal } from '../../../support/gateway/policies.ts';

const REQUEST = { requestId: 'r', clientAddress: '127.0.0.1' };
const TOKEN = 'header.payload.signature';

/** Callers of a core whose every access token is good and has the scope. */
function createAuthenticate() {
  const principal = buildPrincipal({ scopes: new Set([INTROSPECT_SCOPE]), audience: undefined });
  const introspect = createIntrospect({
    tokens: {
      authenticateToken: () => ({ kind: 'good', principal }),
      revocationOf: () => 'not_listed',
      fingerprint: (text) => text,
    },
    stands: () => true,
    findRefreshToken: async () => undefined,
    clock: () => 0,
  });
  return createAuthenticateIntrospectionCaller({
    authenticateClient: async () => ({ ok: false, reason: 'client_unknown' }),
    introspect,
    audit: { record() {} },
  });
}

describe('who asks with an access token', () => {
  it.each([
    ['itself', TOKEN],
    ['itself under the other signature that an elliptic curve has', 'header.payload.other'],
  ])('does not learn about %s', async (_what, asked) => {
    const authenticate = createAuthenticate();
    expect(await authenticate({ method: 'bearer_token', token: TOKEN }, asked, REQUEST)).toEqual({
      ok: false,
      reason: 'token_refused',
    });
  });

  it('learns about another token', async () => {
    const authenticate = createAuthenticate();
    const answer = await authenticate(
      { method: 'bearer_token', token: TOKEN },
      'header.other.signature',
      REQUEST,
    );
    expect(answer.ok).toBe(true);
  });
});
