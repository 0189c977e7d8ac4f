import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ForwardPlan } from '../../gateway/handling.ts';
import type { UpstreamFailure } from '../../gateway/proxy/upstream-failure.ts';

/** One request that is to be carried to its upstream, and the response that carries the upstream's back. */
export interface ForwardExchange {
  readonly plan: ForwardPlan;
  readonly requestId: string;
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  /** Answers in the upstream's place. Called at most once, and only while nothing was written. */
  fail(failure: UpstreamFailure): void;
  /** Called once when it is over: with the status that the client got, or 499 when the client went away first. */
  done(status: number): void;
}

/** What a client that went away first counts as in logs and metrics (nginx's `NGX_HTTP_CLIENT_CLOSED_REQUEST`). */
export const CLIENT_WENT_AWAY = 499;
