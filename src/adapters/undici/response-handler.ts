import type { Dispatcher } from 'undici';
import { responseHeaders } from '../../gateway/proxy/response-headers.ts';
import { failForwarding } from './end-forwarding.ts';
import type { Forwarding } from './forwarding.ts';
import { watchIdle } from './idle-watch.ts';
import { errorCode, upstreamFailureOf } from './upstream-error.ts';

type Controller = Dispatcher.DispatchController;

// Copying more into a text costs more than the second system call.
const HELD_BYTES_MAX = 4096;

/**
 * Writes an upstream's response straight to the client as it comes, with back-pressure. Interim responses are left out, and so are
 * trailers. `retry` sends the request anew; it is called at most once, for a request that is safe to repeat and got no response.
 */
export function createResponseHandler(
  forwarding: Forwarding,
  retry: (forwarding: Forwarding) => void,
): Dispatcher.DispatchHandler {
  return {
    onRequestStart(controller) {
      forwarding.controller = controller;
      // The client left while the connection was being made.
      if (forwarding.over) controller.abort(new Error('over'));
    },
    onResponseStart: (controller, status) => startResponse(forwarding, controller, status),
    onResponseData: (controller, chunk) => writeChunk(forwarding, controller, chunk),
    onResponseEnd() {
      if (forwarding.over) return;
      forwarding.over = true;
      endResponse(forwarding);
      // A client that does not read holds the rest.
      if (forwarding.watchingIdle) watchIdle(forwarding);
    },
    onResponseError(_controller, error) {
      if (forwarding.over) return;
      const failure = upstreamFailureOf(error, forwarding.controller !== undefined);
      if (failure === 'reset' && mayRetry(forwarding)) {
        forwarding.retried = true;
        retry(forwarding);
      } else failForwarding(forwarding, failure, errorCode(error));
    },
  };
}

/** The header fields of a response as texts, octet by octet. */
export function rawHeaderTexts(raw: Controller['rawHeaders']): string[] {
  const texts: string[] = [];
  if (!Array.isArray(raw)) return texts;
  for (const item of raw) texts.push(typeof item === 'string' ? item : item.toString('latin1'));
  return texts;
}

function startResponse(forwarding: Forwarding, controller: Controller, status: number): void {
  if (status < 200 || forwarding.over) return;
  const { outgoing, plan } = forwarding.exchange;
  outgoing.writeHead(status, responseHeaders(rawHeaderTexts(controller.rawHeaders)));
  forwarding.started = true;
  if (status === 204 || status === 304 || plan.method === 'HEAD') {
    // Ended here: a length that describes the body which is not sent is no reason to call such a response broken.
    forwarding.over = true;
    outgoing.end();
  } else process.nextTick(flushHead, forwarding);
}

/** Sends what came with the head, or the head alone, so that a stream that is quiet at first is seen to be open. */
function flushHead(forwarding: Forwarding): void {
  if (forwarding.over || forwarding.flushed) return;
  forwarding.flushed = true;
  if (forwarding.held !== undefined) releaseHeld(forwarding);
  else forwarding.exchange.outgoing.flushHeaders();
}

/** A whole small body goes out in one piece with its head: as text of octets, which Node joins to the head, one system call for both. */
function endResponse({ exchange: { outgoing }, held }: Forwarding): void {
  if (held === undefined) outgoing.end();
  else outgoing.end(held.toString('latin1'), 'latin1');
}

function writeChunk(forwarding: Forwarding, controller: Controller, chunk: Buffer): void {
  if (forwarding.over) return;
  if (!forwarding.flushed && forwarding.held === undefined && chunk.length <= HELD_BYTES_MAX) {
    forwarding.held = chunk;
    return;
  }
  if (forwarding.held !== undefined) releaseHeld(forwarding);
  sendChunk(forwarding, controller, chunk);
}

function releaseHeld(forwarding: Forwarding): void {
  const { held, controller } = forwarding;
  forwarding.held = undefined;
  if (held !== undefined && controller !== undefined) sendChunk(forwarding, controller, held);
}

function sendChunk(forwarding: Forwarding, controller: Controller, chunk: Uint8Array): void {
  const { outgoing } = forwarding.exchange;
  forwarding.flushed = true;
  if (outgoing.write(chunk) || forwarding.paused) return;
  controller.pause();
  forwarding.paused = true;
  watchIdle(forwarding);
  outgoing.once('drain', () => {
    forwarding.paused = false;
    controller.resume();
  });
}

/** An upstream may close an idle connection in the moment that we use it. @see RFC 9110, section 9.2.2 (Idempotent Methods) */
function mayRetry({ exchange: { plan }, body, retried, started }: Forwarding): boolean {
  const isSafe = plan.method === 'GET' || plan.method === 'HEAD';
  return isSafe && body === undefined && !retried && !started;
}
