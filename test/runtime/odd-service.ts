import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { startHttpService } from '../support/servers/upstream-service.ts';

/** How many MiB `/odd/large` has: far more than any buffer on the way. */
export const LARGE_MEBIBYTES = 64;

/** Makes a body of so many MiB, one at a time. */
export function* mebibytes(count: number): Generator<Buffer> {
  for (let index = 0; index < count; index++) yield Buffer.alloc(1024 * 1024, index);
}

/** A service whose answers are out of the ordinary, each below its own path. */
export interface OddService {
  readonly origin: string;
  /** Sends an event to whoever reads `/odd/events`. */
  sendEvent(text: string): void;
  /** Settles when the next reader of `/odd/events` has gone. */
  readerGone(): Promise<unknown>;
  close(): Promise<void>;
}

/** Starts such a service. `/odd/silence` is never answered. */
export async function startOddService(): Promise<OddService> {
  const readers = new Set<ServerResponse>();
  const service = await startHttpService((incoming, outgoing) => answer(incoming, outgoing, readers));
  return {
    origin: service.origin,
    sendEvent(text) {
      for (const reader of readers) reader.write(`data: ${text}\n\n`);
    },
    readerGone: () => Promise.any([...readers].map((reader) => once(reader, 'close'))),
    close: service.close,
  };
}

function answer({ url }: IncomingMessage, outgoing: ServerResponse, readers: Set<ServerResponse>): void {
  switch (url) {
    case '/odd/redirect':
      outgoing.writeHead(302, { Location: 'https://elsewhere.test/' }).end('moved');
      return;
    case '/odd/gzip':
      outgoing.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Type': 'text/plain' });
      outgoing.end(gzipSync('compressed by the service'));
      return;
    case '/odd/cookies':
      outgoing.writeHead(200, [
        ...['Set-Cookie', 'theme=dark'],
        ...['Set-Cookie', `wardgate_session=${'x'.repeat(43)}`],
        ...['Set-Cookie', 'lang=en'],
        ...['X-User-Id', 'somebody'],
      ]);
      outgoing.end('cookies');
      return;
    case '/odd/empty':
      outgoing.writeHead(204).end();
      return;
    case '/odd/unchanged':
      outgoing.writeHead(304, { ETag: '"1"' }).end();
      return;
    case '/odd/failure':
      outgoing.writeHead(500, { 'Content-Type': 'text/plain' }).end('the failure of the service');
      return;
    case '/odd/large':
      outgoing.writeHead(200, { 'Content-Type': 'application/octet-stream' });
      Readable.from(mebibytes(LARGE_MEBIBYTES)).pipe(outgoing);
      return;
    case '/odd/events':
      outgoing.writeHead(200, { 'Content-Type': 'text/event-stream' });
      outgoing.flushHeaders();
      readers.add(outgoing);
      outgoing.once('close', () => readers.delete(outgoing));
      return;
  }
}
