import type { Log } from '../lib/log.ts';
import { problemAnswer } from '../lib/problem.ts';
import { answerResponse } from './answer.ts';
import type { App } from './app.ts';
import { appRecord, type Gateway, type RequestObserver, type RequestRecord } from './handling.ts';
import { type FetchForwarding, forwardByFetch } from './proxy/forward-by-fetch.ts';
import { upstreamFailureAnswer } from './proxy/upstream-failure.ts';

/** What the runtime tells of a request besides the request. */
export interface FetchFacts {
  readonly requestId: string;
  readonly peerAddress: string | undefined;
}

/** What the transport is made of. */
export interface FetchTransportDeps extends FetchForwarding {
  readonly gateway: Gateway;
  /** Answers Wardgate's own paths. */
  readonly app: App;
  readonly observer: RequestObserver;
  readonly log: Log;
  /** Milliseconds that only grow; differences are durations. */
  readonly clock: () => number;
}

/**
 * Creates the transport of runtimes that speak `fetch`. Such a runtime has read the URL before: dot segments are gone and the request line's
 * own bytes are not to be had, so what is judged, and forwarded, is the URL as the runtime read it. Repeated header fields
 * come joined by commas. Does NOT throw; a bug is logged and ends as a plain 500.
 */
export function createFetchTransport(
  deps: FetchTransportDeps,
): (request: Request, facts: FetchFacts) => Promise<Response> {
  return async (request, facts) => {
    const startedMs = deps.clock();
    try {
      const { response, record } = await serve(deps, request, facts);
      deps.observer.observe(record, response.status, deps.clock() - startedMs);
      return response;
    } catch (error) {
      const { requestId } = facts;
      // The name alone: a message could hold what the client sent.
      deps.log.error('request failed', {
        request_id: requestId,
        error: error instanceof Error ? error.name : 'unknown',
      });
      return answerResponse(
        problemAnswer({ status: 500, code: 'internal_error', title: 'The gateway failed.', requestId }),
      );
    }
  };
}

async function serve(
  deps: FetchTransportDeps,
  request: Request,
  facts: FetchFacts,
): Promise<{ readonly response: Response; readonly record: RequestRecord }> {
  const { pathname, search, protocol } = new URL(request.url);
  const { requestId, peerAddress } = facts;
  const { method } = request;
  const handling = await deps.gateway.handle({
    method,
    target: pathname + search,
    headers: [...request.headers].flat(),
    peerAddress,
    encrypted: protocol === 'https:',
    requestId,
  });
  switch (handling.kind) {
    case 'answer':
      return { response: answerResponse(handling.answer, method), record: handling.record };
    case 'forward': {
      const forwarded = await forwardByFetch(handling.plan, request, deps);
      const response = forwarded.ok
        ? forwarded.value
        : answerResponse(upstreamFailureAnswer(forwarded.reason, requestId), method);
      return { response, record: handling.record };
    }
    case 'reserved': {
      const { target, clientAddress } = handling;
      const url = new URL(target.path + target.query, request.url);
      let record = appRecord({ requestId, clientAddress }, method, target.path);
      const refused = (code: string) => {
        record = { ...record, code };
      };
      const response = await deps.app(new Request(url, request), { requestId, clientAddress, refused });
      return { response, record };
    }
  }
}
