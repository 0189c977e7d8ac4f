import { headerValues } from '../header-fields.ts';
import type { HeaderFields } from '../inbound-request.ts';
import { canonicalHost } from './canonical-host.ts';

/**
 * Says what is wrong where a request does not name one host that can be read in one way. A request without `Host` passes here: only what
 * is forwarded needs one. @see RFC 9112, section 3.2 (two Host fields are answered 400)
 */
export function checkHost(headers: HeaderFields): 'header_repeated' | 'host_malformed' | undefined {
  const hosts = headerValues(headers, 'host');
  const host = hosts[0];
  if (host === undefined) return undefined;
  if (hosts.length > 1) return 'header_repeated';
  return canonicalHost(host, 'http') === undefined ? 'host_malformed' : undefined;
}
