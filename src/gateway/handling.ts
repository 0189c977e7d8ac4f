import type { Answer } from './answer.ts';
import type { AppFacts } from './app.ts';
import type { DenyReason, RejectReason } from './decision.ts';
import type { HeaderFields } from './inbound-request.ts';
import type { Upstream } from './policy/policy.ts';
import type { Bond } from './streams/bond.ts';
import type { StreamEnd } from './streams/stream-end.ts';
import type { CanonicalTarget } from './url/canonical-target.ts';

/** One request as a transport received it, before anybody decided whom to believe. */
export interface WireRequest {
  readonly method: string;
  /** The raw request target, bytes as Latin-1 characters. */
  readonly target: string;
  readonly headers: HeaderFields;
  /** The address at the other end of the connection, as the runtime gives it. */
  readonly peerAddress: string | undefined;
  /** Whether that connection is TLS. */
  readonly encrypted: boolean;
  /** Made by us for this request. */
  readonly requestId: string;
}

/** How a request came: through the proxy, asked by a reverse proxy in a dialect, or to a path of Wardgate's own (`app`). */
export type Mode = 'proxy' | 'nginx' | 'traefik' | 'caddy' | 'app';

/** What one request's log line and metrics say. Holds no credential and no query. */
export interface RequestRecord {
  readonly requestId: string;
  readonly mode: Mode;
  /** Empty where none could be read. */
  readonly method: string;
  /** The canonical path; `undefined` where the target had none. */
  readonly path: string | undefined;
  readonly routeId: string | undefined;
  /** `answered`: by the app, which tells by the status and, where it refused, by `code`. `unreadable`: by the transport, because of HTTP's rules or its limits. */
  readonly outcome: 'allow' | 'answered' | 'unreadable' | DenyReason;
  readonly rejected: RejectReason | undefined;
  readonly subject: string | undefined;
  readonly clientAddress: string | undefined;
  /** What the app refused it with: the `code` of the problem document, or OAuth's `error`. */
  readonly code?: string;
  /** Why it was ended before its time, where it was. */
  readonly ended?: StreamEnd;
}

/** The record of a request that the app answered. */
export function appRecord(facts: AppFacts, method: string, path: string): RequestRecord {
  const { requestId, clientAddress } = facts;
  const none = { routeId: undefined, rejected: undefined, subject: undefined };
  return { requestId, mode: 'app', method, path, outcome: 'answered', clientAddress, ...none };
}

/** A request as it goes to an upstream: every header final, in order. */
export interface ForwardPlan {
  readonly upstream: Upstream;
  readonly method: string;
  /** Base path, canonical path and query. */
  readonly path: string;
  /** Identity headers, forwarding headers and what the client may pass, hop-by-hop fields removed. Holds `host`; no `content-length` unless the client sent one. */
  readonly headers: HeaderFields;
  /** The protocol to switch to, lower-case, where the client asks for a WebSocket. */
  readonly upgrade: 'websocket' | undefined;
  /** What it stands on for as long as it lasts; `undefined` where nobody in particular was let through. */
  readonly bond: Bond | undefined;
}

/** What a transport has to do with a request. */
export type Handling =
  | { readonly kind: 'answer'; readonly answer: Answer; readonly record: RequestRecord }
  | { readonly kind: 'forward'; readonly plan: ForwardPlan; readonly record: RequestRecord }
  /** A path of Wardgate's own that the app answers; its target in the canonical form. */
  | {
      readonly kind: 'reserved';
      readonly target: CanonicalTarget;
      readonly clientAddress: string | undefined;
    };

/**
 * The gateway as a transport sees it. Answers at once where nothing has to be waited for, because a turn of the microtask queue for each
 * request is what shows in numbers. Does NOT throw for a bad request; a throw or a rejection is a bug, answered 500.
 */
export interface Gateway {
  handle(request: WireRequest): Handling | Promise<Handling>;
}

/** The status that a client which went away first counts as in logs and metrics (nginx's `NGX_HTTP_CLIENT_CLOSED_REQUEST`). */
export const CLIENT_WENT_AWAY = 499;

/** Port: told once of every finished request, for the access log and metrics. Must be cheap: it runs for each request. */
export interface RequestObserver {
  /** `status` is what the client got, `CLIENT_WENT_AWAY` when it went away first; `durationMs` runs from the request's headers to the end of the answer. */
  observe(record: RequestRecord, status: number, durationMs: number): void;
}
