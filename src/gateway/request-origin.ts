import { pageOriginOf } from '../lib/page-origin.ts';
import { hasHeader, headerValues } from './header-fields.ts';
import type { HeaderFields } from './inbound-request.ts';
import { announcesBody } from './proxy/announces-body.ts';

// RFC 9110, section 9.2.1, without TRACE, which never passes.
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Tells whether a request that is authenticated by a cookie may have been made by a page of another origin. Safe methods pass, because a
 * page cannot read their answers; a WebSocket handshake does not count as safe: it is a GET that a page of any origin may
 * make and then read (CWE-1385). Otherwise `Origin` must be one of ours; without it only `Sec-Fetch-Site: same-origin` will do.
 * @see RFC 6454, section 7 (Origin); OWASP Cross-Site Request Forgery Prevention, "Verifying origin with standard headers"
 */
export function isCrossOrigin(
  request: { readonly method: string; readonly headers: HeaderFields },
  trustedOrigins: ReadonlySet<string>,
): boolean {
  if (SAFE_METHODS.has(request.method) && !mayBeHandshake(request.headers)) return false;
  const headers = {
    get(name: string) {
      const values = headerValues(request.headers, name);
      return values.length > 0 ? values.join(', ') : null;
    },
  };
  return pageOriginOf(headers, trustedOrigins) !== 'ours';
}

/** A proxy that asks in forward-auth may have taken `Upgrade` off as hop-by-hop (Traefik does); the key stays. */
function mayBeHandshake(headers: HeaderFields): boolean {
  return hasHeader(headers, 'upgrade') || hasHeader(headers, 'sec-websocket-key');
}

/**
 * The method that a CORS preflight asks for; `undefined` for whatever is not a real preflight. Preflights carry no credentials and no
 * body, so an OPTIONS with `Authorization`, a body or an upgrade is not one. @see Fetch Standard, section 3.3.2 (HTTP requests, CORS-preflight request)
 */
export function preflightMethod(request: {
  readonly method: string;
  readonly headers: HeaderFields;
}): string | undefined {
  if (request.method !== 'OPTIONS') return undefined;
  const asked = headerValues(request.headers, 'access-control-request-method');
  const isReal =
    asked.length === 1 &&
    headerValues(request.headers, 'origin').length === 1 &&
    !hasHeader(request.headers, 'authorization') &&
    !hasHeader(request.headers, 'upgrade') &&
    !announcesBody(request.headers);
  return isReal ? asked[0] : undefined;
}
