import type { StreamKind } from '../../gateway/streams/open-streams.ts';
import { lastEvent, type StreamEnd } from '../../gateway/streams/stream-end.ts';
import { breakOff } from './end-forwarding.ts';
import type { Forwarding } from './forwarding.ts';

/** How long an event that is under way may take to end when the stream does. */
const EVENT_END_MS = 500;
/** How long the client may take to read the last event. */
const LAST_EVENT_READ_MS = 1_000;

/** Enters a request whose body is still coming, and its response not yet, in the register. */
export function enterUpload(forwarding: Forwarding): void {
  if (!forwarding.over && !forwarding.started && !forwarding.exchange.incoming.complete)
    enter(forwarding, 'transfer', (why) => endEarly(forwarding, why));
}

/** Enters a response that was not complete with its head in the register, in the place of its request. */
export function enterResponse(forwarding: Forwarding): void {
  enter(forwarding, forwarding.isStream ? 'stream' : 'transfer', (why) => endEarly(forwarding, why));
}

/** Enters a WebSocket in the register. */
export function enterStream(forwarding: Forwarding, end: (why: StreamEnd) => void): void {
  enter(forwarding, 'stream', end);
}

function enter(forwarding: Forwarding, kind: StreamKind, end: (why: StreamEnd) => void): void {
  const { exchange, streams } = forwarding;
  const { bond } = exchange.plan;
  // Of a transfer that stands on nothing there is nothing to hear.
  if (bond === undefined && kind === 'transfer') return;
  forwarding.leave();
  forwarding.leave = streams.add(bond, kind, (why) => {
    forwarding.ended = why;
    end(why);
  });
}

/**
 * Ends a request or response under way: a stream of events by an event that tells why, anything else so that it does not look whole. A request that got no
 * response yet is answered that its credential is not good.
 */
function endEarly(forwarding: Forwarding, why: StreamEnd): void {
  const { events, exchange, over, started } = forwarding;
  if (exchange.outgoing.writableFinished) return;
  if (!started) {
    forwarding.over = true;
    exchange.refuse();
    cancelUpstream(forwarding);
  } else if (over || events === undefined) cutOff(forwarding);
  else if (events.between) endEvents(forwarding, lastEvent(why));
  else {
    forwarding.lastEvent = lastEvent(why);
    cutOffAfter(forwarding, EVENT_END_MS);
  }
}

/** Passes body bytes of a stream that ends with its next event on to that; `false` where they do not reach so far. */
export function endAtBorder(forwarding: Forwarding, chunk: Buffer): boolean {
  const length = forwarding.events?.findIn(chunk);
  if (length === undefined || forwarding.lastEvent === undefined) return false;
  forwarding.exchange.outgoing.write(chunk.subarray(0, length));
  endEvents(forwarding, forwarding.lastEvent);
  return true;
}

function endEvents(forwarding: Forwarding, event: string): void {
  forwarding.over = true;
  forwarding.exchange.outgoing.end(event);
  cutOffAfter(forwarding, LAST_EVENT_READ_MS);
  cancelUpstream(forwarding);
}

function cutOffAfter(forwarding: Forwarding, delayMs: number): void {
  const { outgoing } = forwarding.exchange;
  outgoing.once(
    'close',
    forwarding.timer(() => cutOff(forwarding), delayMs),
  );
}

function cutOff(forwarding: Forwarding): void {
  forwarding.over = true;
  breakOff(forwarding);
  cancelUpstream(forwarding);
}

function cancelUpstream({ abortUpstream, body, ended }: Forwarding): void {
  abortUpstream?.(new Error(ended));
  body?.destroy();
}
