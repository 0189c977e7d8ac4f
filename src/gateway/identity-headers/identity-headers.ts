import type { HeaderFields } from '../inbound-request.ts';
import type { Grant } from '../policy/authorize.ts';

/**
 * The identity headers of a grant: always the full set, empty where there is nothing to say, so that no header of the client can
 * take the place of a missing one. Values were checked to be writable when the principal was made. Does NOT remove what the client
 * sent; the transports do that before they set these. Does NOT remember them: a weak memory of as many principals stops the process for a fifth of
 * a second when garbage is collected, and to make them takes less than to look them up.
 */
export function identityHeaders({ principal }: Grant): HeaderFields {
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
