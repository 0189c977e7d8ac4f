import { createParser } from 'eventsource-parser';
import type { FollowRevocations, RevocationBatch } from '../../identity/revocation.ts';
import { REVOCATIONS_EVENT } from '../../identity/revocation-batch-json.ts';
import type { Clock, Timer } from '../../lib/durations.ts';
import { failureFields } from '../../lib/failure-fields.ts';
import type { Log } from '../../lib/log.ts';
import { UnavailableError } from '../../lib/unavailable-error.ts';
import type { Cores } from './cores.ts';
import { createHttpRevocationPoll } from './revocation-poll.ts';
import { openRevocations, type RevocationRequest, readBatch } from './revocation-request.ts';

/** What follows the log of cores that run apart. */
export interface HttpRevocationFeedOptions {
  readonly cores: Cores;
  readonly fetch: typeof fetch;
  readonly timer: Timer;
  readonly clock: Clock;
  /** From 0 to 1, for distances between attempts that differ from gateway to gateway. */
  readonly random: () => number;
  readonly log: Log;
}

/** The log beats each second: whoever is silent for so long is not there any more, whatever TCP says. */
const SILENCE_MAX_MS = 3000;
/** A stream that did not live so long does not count as one. */
const LIFE_MIN_MS = 1000;
const RETRY_FIRST_MS = 100;
const RETRY_MAX_MS = 1000;
/** Of one event; a core tells of a thousand revocations in one, which is a fortieth. */
const EVENT_LENGTH_MAX = 4 * 1024 * 1024;

/**
 * Makes what follows `GET /internal/revocations` of the first core that answers, and goes on from the last cursor that was read when the stream breaks: at
 * once, then at growing distances. A stream that is silent for three seconds is left for that of the next core, and one of which something cannot be read is dropped. While no stream holds, the log is asked
 * for beside each try, because some proxies let answers through and no streams. @see HTML Standard, section 9.2 (server-sent events)
 */
export function createHttpFollowRevocations(options: HttpRevocationFeedOptions): FollowRevocations {
  const { cores, clock, log, timer, random } = options;
  return (after, take) => {
    const stopping = new AbortController();
    let cursor = after;
    let failures = 0;
    const poll = createHttpRevocationPoll(cores, options);

    function hear(batch: RevocationBatch): void {
      if (stopping.signal.aborted) return;
      take(batch);
      cursor = batch.cursor;
    }

    async function followOnce(): Promise<void> {
      const startedAt = clock();
      let heard = false;
      const hearStream = (batch: RevocationBatch) => {
        heard = true;
        hear(batch);
      };
      try {
        await cores.ask((coreUrl) =>
          readStream({ ...options, coreUrl, after: cursor, stopping: stopping.signal }, hearStream),
        );
      } catch (error) {
        if (!stopping.signal.aborted) noteFailure(error, log);
      }
      failures = heard && clock() - startedAt >= LIFE_MIN_MS ? 0 : failures + 1;
    }

    async function pollOnce(): Promise<void> {
      try {
        hear(await poll(cursor, stopping.signal));
      } catch (error) {
        noteFailure(error, log);
      }
    }

    async function followOn(): Promise<void> {
      while (!stopping.signal.aborted) {
        await Promise.all([followOnce(), failures > 0 ? pollOnce() : undefined]);
        if (failures > 0) await pause(timer, retryMs(failures, random), stopping.signal);
      }
    }

    void followOn();
    return () => stopping.abort();
  };
}

/** The feed tells of silence by itself; only a bug is worth a line of its own. */
function noteFailure(error: unknown, log: Log): void {
  const known = error instanceof UnavailableError;
  log[known ? 'debug' : 'error']('revocations could not be followed', failureFields(error));
}

/** What one stream is read with. */
interface StreamReading extends Omit<RevocationRequest, 'client' | 'signal'> {
  readonly cores: Cores;
  readonly timer: Timer;
  readonly stopping: AbortSignal;
}

/**
 * Reads one stream to its end, however it ends. @throws UnavailableError ('core') where it had nothing to tell, or fell silent, so that the next core is asked: one that
 * nothing comes from any more would take as long again to be found silent.
 */
async function readStream(reading: StreamReading, take: (batch: RevocationBatch) => void): Promise<void> {
  const { cores, timer, stopping } = reading;
  const silent = new AbortController();
  const giveUp = () => silent.abort();
  let cancel = timer(giveUp, SILENCE_MAX_MS);
  let heard = false;
  try {
    const signal = AbortSignal.any([silent.signal, stopping]);
    const body = await openRevocations({ ...reading, client: cores.client, signal });
    for await (const batch of batchesOf(body)) {
      cancel();
      cancel = timer(giveUp, SILENCE_MAX_MS);
      heard = true;
      take(batch);
    }
    if (!heard) throw new UnavailableError('core', 'the core told nothing');
  } catch (error) {
    if (stopping.aborted) return;
    if (silent.signal.aborted) throw new UnavailableError('core', 'the core fell silent', { cause: error });
    if (!heard || !isBroken(error)) throw error;
  } finally {
    cancel();
  }
}

/** Reads the batches of a stream of events. @throws UnavailableError ('core') where one cannot be read or is too long. */
async function* batchesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<RevocationBatch> {
  let told: string[] = [];
  let isTooLong = false;
  const parser = createParser({
    maxBufferSize: EVENT_LENGTH_MAX,
    // A newer core may tell of other things.
    onEvent({ event = REVOCATIONS_EVENT, data }) {
      if (event === REVOCATIONS_EVENT) told.push(data);
    },
    onError: ({ type }) => {
      isTooLong ||= type === 'max-buffer-size-exceeded';
    },
  });
  const decoder = new TextDecoder();
  // Leaving the loop, also by a throw, cancels the stream.
  for await (const chunk of body) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    if (isTooLong) throw new UnavailableError('core', 'the core tells too much at once');
    const events = told;
    told = [];
    for (const event of events) yield readBatch(event);
  }
}

/** Whether it is the network's fault, or what was told; everything else is a bug. */
function isBroken(error: unknown): boolean {
  return error instanceof UnavailableError || error instanceof TypeError || error instanceof DOMException;
}

/** Distances grow up to a second; half of each is left to chance, so that not all gateways come at once to a core that has come back. */
function retryMs(failures: number, random: () => number): number {
  const fullMs = Math.min(RETRY_FIRST_MS * 2 ** (failures - 1), RETRY_MAX_MS);
  return fullMs * (0.5 + random() / 2);
}

/** Waits, but not when it is stopped. */
async function pause(timer: Timer, delayMs: number, stopping: AbortSignal): Promise<void> {
  if (stopping.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = timer(resolve, delayMs);
  stopping.addEventListener('abort', () => resolve(), { once: true });
  await promise;
  cancel();
}
