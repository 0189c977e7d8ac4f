import type { Answer } from '../answer.ts';
import type { HeaderFields } from '../inbound-request.ts';

/**
 * The answer to an allowed request in every dialect so far: 200 with the identity headers, no body, kept by no cache: the proxy must ask
 * for each request.
 */
export function writeAllowed(identityHeaders: HeaderFields): Answer {
  return { status: 200, headers: [...identityHeaders, 'Cache-Control', 'no-store'], body: '' };
}
