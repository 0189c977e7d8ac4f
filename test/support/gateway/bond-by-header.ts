import type { WireRequest } from '../../../src/gateway/handling.ts';
import { headerValues } from '../../../src/gateway/header-fields.ts';
import type { Bond } from '../../../src/gateway/streams/bond.ts';
import { buildPrincipal } from './policies.ts';

/**
 * The bond of a request to a test's proxy: `X-Test-Session` names the session, without it the request is nobody's; `X-Test-Expires-In` says in how many
 * milliseconds the token expires, and `X-Test-Outlive` that the stream may outlive it.
 */
export function bondByHeader({ headers }: WireRequest): Bond | undefined {
  const [sessionId] = headerValues(headers, 'x-test-session');
  if (sessionId === undefined) return undefined;
  const expiresInMs = Number(headerValues(headers, 'x-test-expires-in')[0] ?? 900_000);
  return {
    principal: buildPrincipal({ sessionId, expiresAt: (Date.now() + expiresInMs) / 1000 }),
    outlivesToken: headerValues(headers, 'x-test-outlive').length > 0,
  };
}
