import type { Dispatcher } from 'undici';
import { responseHeaders } from '../../gateway/proxy/response-headers.ts';
import { createEventBorder } from '../../gateway/streams/event-border.ts';
import { eventStreamKind } from '../../gateway/streams/event-stream.ts';
import { endAtBorder, enterResponse } from './early-end.ts';
import { failForwarding } from './end-forwarding.ts';
import type { Forwarding } from './forwarding.ts';
import { watchIdle } from './idle-watch.ts';
import { errorCode, upstreamFailureOf } from './upstream-error.ts';

// Copying more into a text costs more than the second system call.
const HELD_BYTES_MAX = 4096;

/**
 * Writes an upstream's response straight to the client as it comes, with back-pressure. Interim responses are left out, and so are
 * trailers. `retry` sends the request anew; it is called at most once, for a request that is safe to repeat and got no response.
 * Speaks undici's first handler interface: the second one makes an object of each response's header fields, which nobody here reads, and
 * that is a twelfth of what carrying a small response costs.
 */
export function createResponseHandler(
  forwarding: Forwarding,
  retry: (forwarding: Forwarding) => void,
): Dispatcher.DispatchHandler {
  return {
    onConnect(abort) {
      forwarding.abortUpstream = abort;
      // The client left while the connection was being made.
      if (forwarding.over) abort(new Error('over'));
    },
    onHeaders(status, fields, resume) {
      startResponse(forwarding, status, fields, resume);
      return true;
    },
    onData: (chunk) => takeChunk(forwarding, chunk),
    onComplete() {
      if (forwarding.over) return;
      forwarding.over = true;
      endResponse(forwarding);
      // A client that does not read holds the rest.
      if (forwarding.watchingIdle) watchIdle(forwarding);
    },
    onError(error) {
      if (forwarding.over) return;
      const failure = upstreamFailureOf(error, forwarding.abortUpstream !== undefined);
      if (failure === 'reset' && mayRetry(forwarding)) {
        forwarding.retried = true;
        retry(forwarding);
      } else failForwarding(forwarding, failure, errorCode(error));
    },
  };
}

/** The header fields of a response as texts, octet by octet. */
export function rawHeaderTexts(fields: readonly (Buffer | string)[]): string[] {
  return fields.map((field) => (typeof field === 'string' ? field : field.toString('latin1')));
}

function startResponse(
  forwarding: Forwarding,
  status: number,
  fields: readonly Buffer[],
  resume: () => void,
): void {
  if (status < 200 || forwarding.over) return;
  const { outgoing, plan } = forwarding.exchange;
  const headers = responseHeaders(rawHeaderTexts(fields));
  outgoing.writeHead(status, headers);
  forwarding.started = true;
  forwarding.resumeUpstream = resume;
  if (status === 204 || status === 304 || plan.method === 'HEAD') {
    // Ended here: a length that describes the body which is not sent is no reason to call such a response broken.
    forwarding.over = true;
    outgoing.end();
  } else {
    const kind = eventStreamKind(headers);
    forwarding.isStream = kind !== undefined;
    if (kind === 'plain') forwarding.events = createEventBorder();
    process.nextTick(flushHead, forwarding);
  }
}

/**
 * Sends what came with the head, or the head alone, so that a stream that is quiet at first is seen to be open. From here on it is
 * a response that takes its time.
 */
function flushHead(forwarding: Forwarding): void {
  if (forwarding.over) return;
  if (!forwarding.flushed) {
    forwarding.flushed = true;
    if (forwarding.held === undefined) forwarding.exchange.outgoing.flushHeaders();
    else releaseHeld(forwarding);
  }
  enterResponse(forwarding);
}

/** A whole small body goes out in one piece with its head: as text of octets, which Node joins to the head, one system call for both. */
function endResponse({ exchange: { outgoing }, held }: Forwarding): void {
  if (held === undefined) outgoing.end();
  else outgoing.end(held.toString('latin1'), 'latin1');
}

/** Takes body bytes; `false` where the upstream has to wait for the client to read. */
function takeChunk(forwarding: Forwarding, chunk: Buffer): boolean {
  if (forwarding.over) return true;
  if (!forwarding.flushed && forwarding.held === undefined && chunk.length <= HELD_BYTES_MAX) {
    forwarding.held = chunk;
    return true;
  }
  releaseHeld(forwarding);
  return sendChunk(forwarding, chunk);
}

function releaseHeld(forwarding: Forwarding): void {
  const { held } = forwarding;
  forwarding.held = undefined;
  if (held !== undefined) sendChunk(forwarding, held);
}

function sendChunk(forwarding: Forwarding, chunk: Buffer): boolean {
  const { outgoing } = forwarding.exchange;
  forwarding.flushed = true;
  if (endAtBorder(forwarding, chunk)) return true;
  forwarding.events?.pass(chunk);
  if (outgoing.write(chunk)) return true;
  if (!forwarding.paused) {
    forwarding.paused = true;
    watchIdle(forwarding);
    outgoing.once('drain', () => {
      forwarding.paused = false;
      forwarding.resumeUpstream?.();
    });
  }
  return false;
}

/** An upstream may close an idle connection in the moment that we use it. @see RFC 9110, section 9.2.2 (Idempotent Methods) */
function mayRetry({ exchange: { plan }, body, retried, started }: Forwarding): boolean {
  const isSafe = plan.method === 'GET' || plan.method === 'HEAD';
  return isSafe && body === undefined && !retried && !started;
}
