import type { FollowRevocations, RevocationBatch } from '../../../identity/revocation.ts';
import { REVOCATIONS_EVENT, toRevocationBatchJson } from '../../../identity/revocation-batch-json.ts';

/** What an event may hold: some hundred kilobytes, so that nobody needs much memory to read it. */
const EVENT_REVOCATIONS_MAX = 1_000;

// What may wait for a gateway that does not read; what it missed beyond that it reads when it comes again.
const WAITING_MAX = 100_000;

/** What a stream is made of. */
export interface RevocationStreamOptions {
  /** Where the gateway goes on; `undefined` where it begins. */
  readonly after: string | undefined;
  /** What there is for it at first: as it was read from there. */
  readonly first: RevocationBatch;
  readonly follow: FollowRevocations;
  /** Ends the stream when it is aborted. */
  readonly ended: AbortSignal | undefined;
}

/**
 * Creates a stream of events as a body: what there is at first, then what is added, each part written when the reader asks for it, with the cursor behind it as the
 * event's id. It follows from its first read on until it is cancelled, `ended`, or so much waits that its reader must be stuck.
 * @see HTML Living Standard, section 9.2 (Server-sent events)
 */
export function createRevocationStream(options: RevocationStreamOptions): ReadableStream<Uint8Array> {
  const { after, first, follow, ended } = options;
  const encoder = new TextEncoder();
  const waiting = createWaitingParts(after ?? '0');
  let stop: (() => void) | undefined;
  let isOver = false;
  let wake = () => {};

  function take(batch: RevocationBatch): void {
    // However much one batch holds, it may wait: what counts is what was there before it.
    if (waiting.count() > WAITING_MAX + first.revocations.length) end();
    else waiting.add(batch);
    wake();
  }

  function end(): void {
    isOver = true;
    ended?.removeEventListener('abort', end);
    stop?.();
    wake();
  }

  function begin(): void {
    if (ended?.aborted) {
      end();
      return;
    }
    ended?.addEventListener('abort', end);
    waiting.add(first);
    stop = follow(first.cursor, take);
  }

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (stop === undefined && !isOver) begin();
        while (!isOver && waiting.isEmpty()) await new Promise<void>((resolve) => (wake = resolve));
        const part = isOver ? undefined : waiting.next();
        if (part === undefined) controller.close();
        else controller.enqueue(encoder.encode(toEvent(part)));
      },
      cancel: end,
    },
    // Nothing is made before it is asked for: a body that nobody reads, as that of HEAD, follows nothing.
    { highWaterMark: 0 },
  );
}

/** Creates the batches that wait, which are taken in parts. Only the last part of a batch has its cursor: whoever goes on from another one gets the batch again. */
function createWaitingParts(after: string) {
  let cursor = after;
  let offset = 0;
  let total = 0;
  const batches: RevocationBatch[] = [];
  return {
    add(batch: RevocationBatch): void {
      // A sign of life says nothing while there is more to come.
      if (batch.revocations.length === 0 && batches.length > 0) return;
      batches.push(batch);
      total += batch.revocations.length;
    },
    count: () => total,
    isEmpty: () => batches.length === 0,
    next(): RevocationBatch | undefined {
      const [batch] = batches;
      if (batch === undefined) return undefined;
      const revocations = batch.revocations.slice(offset, offset + EVENT_REVOCATIONS_MAX);
      total -= revocations.length;
      offset += revocations.length;
      if (offset < batch.revocations.length) return { revocations, cursor, hasMore: true };
      batches.shift();
      offset = 0;
      cursor = batch.cursor;
      return { revocations, cursor };
    },
  };
}

function toEvent(batch: RevocationBatch): string {
  const data = JSON.stringify(toRevocationBatchJson(batch));
  return `id: ${batch.cursor}\nevent: ${REVOCATIONS_EVENT}\ndata: ${data}\n\n`;
}
