import type { Answer } from '../answer.ts';
import { hasHeader } from '../header-fields.ts';
import { IDENTITY_HEADER_NAMES } from '../identity-headers/identity-header-names.ts';
import type { HeaderFields } from '../inbound-request.ts';

/**
 * The answer to an allowed request in every dialect so far: 200 with the identity headers, no body, kept by no cache, because the proxy
 * must ask for each request. Identity headers that are not among the given ones are added with an empty value: a proxy copies by name, and
 * where the name is missing in the answer some keep the client's (CVE-2026-30851, Caddy) and some invent a value (Caddy 2.6 forwards the
 * text of its placeholder).
 */
export function writeAllowed(identityHeaders: HeaderFields): Answer {
  const headers = [...identityHeaders];
  for (const name of IDENTITY_HEADER_NAMES) if (!hasHeader(identityHeaders, name)) headers.push(name, '');
  headers.push('Cache-Control', 'no-store');
  return { status: 200, headers, body: '' };
}
