import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/**
 * A client's request body as a stream of its own, with back-pressure. The HTTP client destroys the body that it was given whenever a request
 * ends; were that the incoming message itself, an upstream that answers early (413) would take the client's connection with it. Once
 * destroyed, what still comes is read and dropped, so that the client gets to its answer.
 */
export function createRequestBody(incoming: IncomingMessage): Readable {
  const body = new Readable({
    read() {
      incoming.resume();
    },
    destroy(error, callback) {
      incoming.off('data', onData);
      incoming.off('end', onEnd);
      incoming.resume();
      callback(error);
    },
  });
  function onData(chunk: Uint8Array): void {
    if (!body.push(chunk)) incoming.pause();
  }
  function onEnd(): void {
    body.push(null);
  }
  incoming.on('data', onData);
  incoming.on('end', onEnd);
  return body;
}
