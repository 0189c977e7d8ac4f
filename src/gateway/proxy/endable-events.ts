import { createEventBorder } from '../streams/event-border.ts';
import { lastEvent, type StreamEnd } from '../streams/stream-end.ts';

/** How long an event that is under way may take to end when the stream does. */
const EVENT_END_MS = 500;

/** Calls once when the stream is to end; answers with what keeps it from calling. */
export type EnterStream = (end: (why: StreamEnd) => void) => () => void;

type Reader = ReadableStreamDefaultReader<Uint8Array>;
type Controller = ReadableStreamDefaultController<Uint8Array>;

/**
 * Makes a stream of events that can be ended: it passes what comes as it comes, and ends with an event of ours between two others. Where no event can be added
 * (`sealed`), or the one under way does not end in half a second, it fails, so that it does not look whole. Cancels its source with it.
 */
export function endableEvents(
  source: ReadableStream<Uint8Array>,
  kind: 'plain' | 'sealed',
  enter: EnterStream,
): ReadableStream<Uint8Array> {
  const reader = source.getReader();
  let leave = (): void => {};
  let events: Events | undefined;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const begun = createEvents(reader, controller, () => leave());
      events = begun;
      leave = enter((why) => begun.end(why, kind));
    },
    pull: () => events?.passNext(),
    cancel: () => events?.finish(() => undefined),
  });
}

interface Events {
  /** Passes the next bytes, or the source's own end. */
  passNext(): Promise<void>;
  end(why: StreamEnd, kind: 'plain' | 'sealed'): void;
  /** Settles the stream, unless it is settled, and lets go of its source. */
  finish(settle: () => void): void;
}

function createEvents(reader: Reader, controller: Controller, leave: () => void): Events {
  const border = createEventBorder();
  let last: Uint8Array | undefined;
  let over = false;

  function finish(settle: () => void): void {
    if (over) return;
    over = true;
    leave();
    settle();
    reader.cancel().catch(() => undefined);
  }
  function endWith(event: Uint8Array): void {
    finish(() => {
      controller.enqueue(event);
      controller.close();
    });
  }
  function pass(chunk: Uint8Array): void {
    const length = last === undefined ? undefined : border.findIn(chunk);
    border.pass(chunk);
    controller.enqueue(length === undefined ? chunk : chunk.subarray(0, length));
    if (last !== undefined && length !== undefined) endWith(last);
  }

  return {
    finish,
    async passNext() {
      try {
        const { done, value } = await reader.read();
        if (over) return;
        if (done) finish(() => controller.close());
        else pass(value);
      } catch (error) {
        finish(() => controller.error(error));
      }
    },
    end(why, kind) {
      const fail = () => finish(() => controller.error(new Error(why)));
      last = new TextEncoder().encode(lastEvent(why));
      if (kind === 'sealed') fail();
      else if (border.between) endWith(last);
      else setTimeout(fail, EVENT_END_MS);
    },
  };
}
