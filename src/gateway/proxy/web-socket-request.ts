import { headerValues } from '../header-fields.ts';
import type { HeaderFields } from '../inbound-request.ts';
import { announcesBody } from './announces-body.ts';
import { addConnectionTokens } from './connection-tokens.ts';

/**
 * Tells whether a request asks for a WebSocket and for nothing else: GET without a body, one `Upgrade` of exactly `websocket`, and
 * `Connection` naming it. Does NOT check the `Sec-WebSocket-*` fields; the upstream does. Other protocols (h2c) are no upgrade at all
 * here: the request is then an ordinary one. @see RFC 6455, section 4.2.1
 */
export function isWebSocketRequest(method: string, headers: HeaderFields): boolean {
  if (method !== 'GET' || announcesBody(headers)) return false;
  const upgrades = headerValues(headers, 'upgrade');
  if (upgrades.length !== 1 || upgrades[0]?.toLowerCase() !== 'websocket') return false;
  const tokens = new Set<string>();
  for (const value of headerValues(headers, 'connection')) addConnectionTokens(value, tokens);
  return tokens.has('upgrade');
}
