import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { RevocationBatch } from '../../../src/identity/revocation.ts';
import { readRevocationBatch } from '../../../src/identity/revocation-batch-json.ts';

/** An event of a stream of revocations. */
export interface RevocationEvent extends RevocationBatch {
  readonly id: string | undefined;
}

/** Reads the events of a stream, one for each call. */
export interface EventReader {
  next(): Promise<RevocationEvent>;
  /** Reads to the end of the stream. */
  ended(): Promise<void>;
  cancel(): Promise<void>;
}

/** Creates the reader of a response's events; it reads no further than it is asked to. */
export function createEventReader(response: Response): EventReader {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) throw new Error('the answer has no body');
  const events: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => void events.push(event) });
  return {
    async next() {
      while (events.length === 0) {
        const { done, value } = await reader.read();
        if (done) throw new Error('the stream has ended');
        parser.feed(value);
      }
      const event = events.shift();
      const batch = event?.event === 'revocations' ? readRevocationBatch(JSON.parse(event.data)) : undefined;
      if (batch === undefined) throw new Error(`an event is not of revocations: ${event?.event}`);
      return { id: event?.id, ...batch };
    },
    async ended() {
      while (!(await reader.read()).done);
    },
    cancel: () => reader.cancel(),
  };
}
