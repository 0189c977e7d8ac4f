import { headerValues } from '../header-fields.ts';
import type { HeaderFields } from '../inbound-request.ts';
import { canonicalHost } from './canonical-host.ts';

// Clients name few hosts; whoever invents others costs no more than this.
const KNOWN_HOSTS_MAX = 256;

/**
 * Creates the check that a request names one host that can be read in one way. A request without `Host` passes here: only what is forwarded
 * needs one. Remembers good hosts, because nearly every request names the same. @see RFC 9112, section 3.2 (two Host fields are answered 400)
 */
export function createHostCheck(): (
  headers: HeaderFields,
) => 'header_repeated' | 'host_malformed' | undefined {
  const known = new Set<string>();
  return (headers) => {
    const hosts = headerValues(headers, 'host');
    const host = hosts[0];
    if (host === undefined || (hosts.length === 1 && known.has(host))) return undefined;
    if (hosts.length > 1) return 'header_repeated';
    if (canonicalHost(host, 'http') === undefined) return 'host_malformed';
    if (known.size < KNOWN_HOSTS_MAX) known.add(host);
    return undefined;
  };
}
