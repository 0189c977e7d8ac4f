import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ForwardPlan } from '../../gateway/handling.ts';
import type { UpstreamFailure } from '../../gateway/proxy/upstream-failure.ts';

/** One request that is to be carried to its upstream, and the response that carries the upstream's back. */
export interface ForwardedRequest {
  readonly plan: ForwardPlan;
  readonly requestId: string;
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  /** Answers in the upstream's place. Called at most once, and only while nothing was written. */
  fail(failure: UpstreamFailure): void;
  /** Called once when it is over: with the status that the client got, or 499 when the client went away first. */
  done(status: number): void;
}

/** Port: carries requests to upstreams and their responses back. */
export interface HttpForwarder {
  forward(request: ForwardedRequest): void;
  /** As `forward`, but asks for a WebSocket and on 101 takes the connection over, with what the client sent after the request's head. */
  upgrade(request: ForwardedRequest, client: { readonly socket: Duplex; readonly head: Uint8Array }): void;
}
