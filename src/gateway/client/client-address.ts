import { headerValues } from '../header-fields.ts';
import type { HeaderFields } from '../inbound-request.ts';
import type { TrustedProxies } from './trusted-proxies.ts';

/** The canonical address of a request's client, by its peer and header fields; see `clientAddress`. */
export function clientOf(
  request: { readonly peerAddress: string | undefined; readonly headers: HeaderFields },
  trusted: TrustedProxies,
): string | undefined {
  return clientAddress(request.peerAddress, headerValues(request.headers, 'x-forwarded-for'), trusted);
}

/**
 * The canonical address of the client: the peer's own where the peer is not trusted; otherwise the rightmost address of all
 * `X-Forwarded-For` values (in their order) that is not a trusted proxy, or the leftmost where all are. `undefined` (unknown, never trusted)
 * where the walk meets an entry that cannot be read, an empty one too. Does NOT believe anything left of the first untrusted address: the client wrote it.
 */
export function clientAddress(
  peerAddress: string | undefined,
  forwardedFor: readonly string[],
  trusted: TrustedProxies,
): string | undefined {
  let client = trusted.canonical(peerAddress);
  if (!trusted.trusts(peerAddress)) return client;
  for (let index = forwardedFor.length - 1; index >= 0; index--) {
    const value = forwardedFor[index] ?? '';
    for (let end = value.length; end >= 0; ) {
      const comma = end === 0 ? -1 : value.lastIndexOf(',', end - 1);
      const entry = withoutBlanks(value.slice(comma + 1, end));
      client = trusted.canonical(entry);
      if (!trusted.trusts(entry)) return client;
      end = comma;
    }
  }
  return client;
}

// Space and tab alone are optional white space (RFC 9110, section 5.6.3); `trim()` would also take what other readers keep. A loop,
// because a pattern for blanks at the end takes quadratic time on a header full of them.
function withoutBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
