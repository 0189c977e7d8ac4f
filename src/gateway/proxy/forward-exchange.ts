import type { ForwardPlan } from '../handling.ts';
import type { StreamEnd } from '../streams/stream-end.ts';
import type { UpstreamFailure } from './upstream-failure.ts';

/**
 * One request that is to be carried to its upstream, and the response that carries the upstream's back. `Incoming` and `Outgoing` are the
 * runtime's own request and response.
 */
export interface ForwardExchange<Incoming, Outgoing> {
  readonly plan: ForwardPlan;
  readonly requestId: string;
  readonly incoming: Incoming;
  readonly outgoing: Outgoing;
  /** Answers in the upstream's place. Called at most once, and only while nothing was written. */
  fail(failure: UpstreamFailure): void;
  /** Answers in the upstream's place that the credential is not good any more. As `fail`. */
  refuse(): void;
  /** Called once when it is over: with the status that the client got, or `CLIENT_WENT_AWAY` when the client went away first; and why it was ended before its time, where it was. */
  done(status: number, ended: StreamEnd | undefined): void;
}
