import { ok, type Result, refused } from '../../lib/result.ts';
import { canonicalHost } from '../client/canonical-host.ts';
import type { ForwardPlan, WireRequest } from '../handling.ts';
import type { HeaderFields } from '../inbound-request.ts';
import type { Route, Upstream } from '../policy/policy.ts';
import type { Bond } from '../streams/bond.ts';
import type { CanonicalTarget } from '../url/canonical-target.ts';
import { type SortedHeaders, sortRequestHeaders } from './sort-request-headers.ts';
import { isWebSocketRequest } from './web-socket-request.ts';

/** An allowed request's particulars, as the decision left them. */
export interface AllowedRequest {
  readonly route: Route;
  readonly target: CanonicalTarget;
  readonly identityHeaders: HeaderFields;
  /** Whether the peer is a trusted proxy, whose `X-Forwarded-*` count. */
  readonly peerTrusted: boolean;
  readonly clientAddress: string | undefined;
  readonly bond: Bond | undefined;
}

/**
 * Says how an allowed request goes to its upstream: the canonical target, the client's fields without what it may not say, then ours.
 * `X-Forwarded-For`, `-Proto`, `-Host`, `X-Request-Id` and the identity headers are always set. Does NOT open a connection.
 * Refuses a request whose host cannot be read in one way. @see RFC 9110, section 7.6 (Message Forwarding)
 */
export function planForward(
  request: WireRequest,
  allowed: AllowedRequest,
): Result<ForwardPlan, 'host_malformed' | 'header_repeated' | 'transfer_coding_unknown'> {
  const { upstream, forwardCredential } = allowed.route;
  const sorted = sortRequestHeaders(request.headers, forwardCredential);
  if (sorted.hostCount > 1) return refused('header_repeated');
  // Only chunks are decoded here: what else a body is coded in would reach the upstream as its content (RFC 9112, section 6.1).
  if (sorted.transferCoding !== undefined && sorted.transferCoding.toLowerCase() !== 'chunked')
    return refused('transfer_coding_unknown');
  const proto = forwardedProto(request, allowed, sorted);
  const host = sorted.host === undefined ? undefined : canonicalHost(sorted.host, proto);
  if (host === undefined) return refused('host_malformed');
  const headers = ['host', hostOf(upstream)];
  for (const text of sorted.passed) headers.push(text);
  headers.push(
    'X-Forwarded-For',
    forwardedFor(request, allowed, sorted),
    'X-Forwarded-Proto',
    proto,
    'X-Forwarded-Host',
    forwardedHost(allowed, sorted, proto) ?? host,
    'X-Request-Id',
    request.requestId,
  );
  for (const text of allowed.identityHeaders) headers.push(text);
  return ok({
    upstream,
    method: request.method,
    path: upstream.basePath + allowed.target.path + allowed.target.query,
    headers,
    upgrade:
      sorted.hasUpgrade && isWebSocketRequest(request.method, request.headers) ? 'websocket' : undefined,
    bond: allowed.bond,
  });
}

function hostOf(upstream: Upstream): string {
  return upstream.origin.slice(upstream.origin.indexOf('://') + 3);
}

type Scheme = 'http' | 'https';

function forwardedProto(request: WireRequest, allowed: AllowedRequest, sorted: SortedHeaders): Scheme {
  const said = sorted.forwardedProto?.toLowerCase();
  if (allowed.peerTrusted && (said === 'http' || said === 'https')) return said;
  return request.encrypted ? 'https' : 'http';
}

function forwardedHost(allowed: AllowedRequest, sorted: SortedHeaders, proto: Scheme): string | undefined {
  const said = sorted.forwardedHost;
  return allowed.peerTrusted && said !== undefined ? canonicalHost(said, proto) : undefined;
}

/**
 * The client, then the proxy that it came through where that is a trusted one; `unknown` stands for an address that cannot be read (RFC 7239,
 * section 6.2). What clients said of themselves further left is not handed on: services that read the leftmost address would believe it.
 */
function forwardedFor(request: WireRequest, allowed: AllowedRequest, sorted: SortedHeaders): string {
  const client = allowed.clientAddress ?? 'unknown';
  if (!allowed.peerTrusted || sorted.forwardedFor === undefined) return client;
  const peer = request.peerAddress?.replace(/^::ffff:(?=[\d.]+$)/i, '');
  return `${client}, ${peer ?? 'unknown'}`;
}
