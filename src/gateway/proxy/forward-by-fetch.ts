import type { Result } from '../../lib/result.ts';
import { ok, refused } from '../../lib/result.ts';
import type { ForwardPlan } from '../handling.ts';
import { eventStreamKind } from '../streams/event-stream.ts';
import type { OpenStreams } from '../streams/open-streams.ts';
import { closeCodeOf } from '../streams/stream-end.ts';
import { endableEvents } from './endable-events.ts';
import { responseHeaders } from './response-headers.ts';
import type { UpstreamFailure } from './upstream-failure.ts';

// Made by `fetch` itself from the address and the body.
const SET_BY_FETCH: ReadonlySet<string> = new Set(['host', 'content-length']);

const BODILESS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** A response of workerd: an accepted WebSocket comes with it. */
interface UpgradedResponse extends Response {
  readonly webSocket?: unknown;
}

/** Two WebSockets that were joined, one of them for the client. */
export interface JoinedWebSockets {
  /** What a response hands to the client. */
  readonly client: unknown;
  /** Resolves when either side has closed. */
  readonly closed: Promise<void>;
  close(code: number, reason: string): void;
}

/** Joins the runtime's own WebSocket of an upstream to one for the client, so that both can be closed. */
export type JoinWebSockets = (upstream: unknown) => JoinedWebSockets;

/** What forwarding by `fetch` works with. */
export interface FetchForwarding {
  readonly fetch: typeof fetch;
  /** Where WebSockets and streams of events are entered that stand on something. */
  readonly streams: Pick<OpenStreams, 'add'>;
  readonly joinWebSockets: JoinWebSockets;
}

/**
 * Carries a request to its upstream by `fetch`, where there are no sockets (Workers): redirects are passed on and not followed, bodies stream both
 * ways, an accepted WebSocket is handed through, the client's going away cancels the upstream. WebSockets and streams of events that stand on something can be ended;
 * other bodies can NOT. Headers must come within the upstream's
 * headers timeout; `fetch` tells neither connecting from answering nor silence inside a body, so the other two timeouts do NOT apply.
 * A body of GET or HEAD, which means nothing (RFC 9110, section 9.3.1), is left out, because `fetch` sends none.
 */
export async function forwardByFetch(
  plan: ForwardPlan,
  request: Request,
  forwarding: FetchForwarding,
): Promise<Result<Response, UpstreamFailure>> {
  // workerd refuses its `fetch` as a method of anything.
  const { fetch: send } = forwarding;
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), plan.upstream.headersTimeoutMs);
  try {
    const response = await send(`${plan.upstream.origin}${plan.path}`, {
      method: plan.method,
      headers: requestHeaders(plan),
      body: BODILESS.has(plan.method) ? null : request.body,
      redirect: 'manual',
      signal: AbortSignal.any([request.signal, late.signal]),
    });
    return ok(clientResponse(response, plan, forwarding));
  } catch {
    return refused(late.signal.aborted ? 'headers_timeout' : 'connect_failed');
  } finally {
    clearTimeout(timer);
  }
}

function requestHeaders(plan: ForwardPlan): Headers {
  const headers = fieldsToHeaders(plan.headers, SET_BY_FETCH);
  if (plan.upgrade !== undefined) headers.set('upgrade', plan.upgrade);
  return headers;
}

function clientResponse(
  response: UpgradedResponse,
  { bond }: ForwardPlan,
  { streams, joinWebSockets }: FetchForwarding,
): Response {
  const headers = fieldsToHeaders(responseHeaders([...response.headers].flat()));
  const { status, statusText, webSocket, body } = response;
  if (webSocket !== null && webSocket !== undefined) {
    if (bond === undefined) return switched(status, headers, webSocket);
    const joined = joinWebSockets(webSocket);
    const leave = streams.add(bond, 'stream', (why) => joined.close(closeCodeOf(why), why));
    void joined.closed.then(leave);
    // Agreed with the upstream alone: messages pass from one to the other as they are meant.
    headers.delete('sec-websocket-extensions');
    return switched(status, headers, joined.client);
  }
  const kind = bond === undefined || body === null ? undefined : eventStreamKind([...headers].flat());
  if (bond === undefined || body === null || kind === undefined)
    return new Response(body, { status, statusText, headers });
  const events = endableEvents(body, kind, (end) => streams.add(bond, 'stream', end));
  return new Response(events, { status, statusText, headers });
}

/** Only workerd has responses of status 101 and knows the member that makes one. */
function switched(status: number, headers: Headers, webSocket: unknown): Response {
  const init: ResponseInit & { readonly webSocket: unknown } = { status, headers, webSocket };
  return new Response(null, init);
}

function fieldsToHeaders(fields: readonly string[], leftOut?: ReadonlySet<string>): Headers {
  const headers = new Headers();
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] ?? '';
    if (leftOut?.has(name.toLowerCase()) !== true) headers.append(name, fields[index + 1] ?? '');
  }
  return headers;
}
