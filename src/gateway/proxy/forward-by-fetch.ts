import type { Result } from '../../lib/result.ts';
import { ok, refused } from '../../lib/result.ts';
import type { ForwardPlan } from '../handling.ts';
import { responseHeaders } from './response-headers.ts';
import type { UpstreamFailure } from './upstream-failure.ts';

// Made by `fetch` itself from the address and the body.
const SET_BY_FETCH: ReadonlySet<string> = new Set(['host', 'content-length']);

const BODILESS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** A response of workerd: an accepted WebSocket comes with it. */
interface UpgradedResponse extends Response {
  readonly webSocket?: unknown;
}

/**
 * Carries a request to its upstream by `fetch`, where there are no sockets (Workers): redirects are passed on and not followed, bodies stream both
 * ways, an accepted WebSocket is handed through, the client's going away cancels the upstream. Headers must come within the upstream's
 * headers timeout; `fetch` tells neither connecting from answering nor silence inside a body, so the other two timeouts do NOT apply.
 * A body of GET or HEAD, which means nothing (RFC 9110, section 9.3.1), is left out, because `fetch` sends none.
 */
export async function forwardByFetch(
  plan: ForwardPlan,
  request: Request,
  send: typeof fetch,
): Promise<Result<Response, UpstreamFailure>> {
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
    return ok(clientResponse(response));
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

function clientResponse(response: UpgradedResponse): Response {
  const headers = fieldsToHeaders(responseHeaders([...response.headers].flat()));
  const { status, statusText, webSocket } = response;
  // Only workerd has responses of status 101 and knows the member that makes one.
  return new Response(response.body, {
    status,
    statusText,
    headers,
    ...(webSocket !== null && { webSocket }),
  });
}

function fieldsToHeaders(fields: readonly string[], leftOut?: ReadonlySet<string>): Headers {
  const headers = new Headers();
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] ?? '';
    if (leftOut?.has(name.toLowerCase()) !== true) headers.append(name, fields[index + 1] ?? '');
  }
  return headers;
}
