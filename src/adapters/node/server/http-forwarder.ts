import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ForwardExchange } from '../../../gateway/proxy/forward-exchange.ts';

type Exchange = ForwardExchange<IncomingMessage, ServerResponse>;

/** Port: carries requests to upstreams and their responses back. */
export interface HttpForwarder {
  forward(exchange: Exchange): void;
  /** As `forward`, but asks for a WebSocket and on 101 takes the connection over, with what the client sent after the request's head. */
  upgrade(exchange: Exchange, client: { readonly socket: Duplex; readonly head: Uint8Array }): void;
}
