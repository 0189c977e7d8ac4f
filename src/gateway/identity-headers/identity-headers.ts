import type { Principal } from '../../identity/principal.ts';
import type { HeaderFields } from '../inbound-request.ts';
import type { Grant } from '../policy/authorize.ts';

// A remembered token's principal is the same object in each of its requests, and its headers are too.
const byPrincipal = new WeakMap<Principal, HeaderFields>();
const ofNobody = headersOf(undefined);

/**
 * The identity headers of a grant: always the full set, empty where there is nothing to say, so that no header of the client can
 * take the place of a missing one. Values were checked to be writable when the principal was made. Does NOT remove what the client
 * sent; the transports do that before they set these.
 */
export function identityHeaders({ principal }: Grant): HeaderFields {
  if (principal === undefined) return ofNobody;
  let headers = byPrincipal.get(principal);
  if (headers === undefined) {
    headers = headersOf(principal);
    byPrincipal.set(principal, headers);
  }
  return headers;
}

function headersOf(principal: Principal | undefined): HeaderFields {
  return [
    'X-User-Id',
    principal?.subject ?? '',
    'X-User-Roles',
    principal?.roles.join(',') ?? '',
    'X-Consumer-Username',
    principal?.username ?? '',
    'X-Session-Id',
    principal?.sessionId ?? '',
  ];
}
