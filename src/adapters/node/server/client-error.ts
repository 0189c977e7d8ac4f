import type { Duplex } from 'node:stream';
import { problemAnswer } from '../../../lib/problem.ts';
import { responseUnderWay } from './response-under-way.ts';

interface Refusal {
  readonly status: number;
  readonly phrase: string;
  readonly code: string;
  readonly title: string;
}

const MALFORMED: Refusal = {
  status: 400,
  phrase: 'Bad Request',
  code: 'request_malformed',
  title: 'The request is not well-formed HTTP/1.1.',
};

const REFUSALS: ReadonlyMap<string, Refusal> = new Map([
  [
    'HPE_HEADER_OVERFLOW',
    {
      status: 431,
      phrase: 'Request Header Fields Too Large',
      code: 'headers_too_large',
      title: 'The header fields are too large.',
    },
  ],
  [
    'HPE_CHUNK_EXTENSIONS_OVERFLOW',
    {
      status: 413,
      phrase: 'Content Too Large',
      code: 'chunk_extensions_too_large',
      title: 'The chunk extensions are too large.',
    },
  ],
  [
    'ERR_HTTP_REQUEST_TIMEOUT',
    {
      status: 408,
      phrase: 'Request Timeout',
      code: 'request_timeout',
      title: 'The request was not completed in time.',
    },
  ],
]);

/**
 * Answers bytes that are no request, and ends the connection: after them nobody can tell where the next request begins. Writes nothing where a
 * response has begun. Answers the status, `undefined` where nothing
 * was written. @see RFC 9112, section 2.2 (Message Parsing)
 */
export function refuseConnection(error: Error, socket: Duplex, requestId: string): number | undefined {
  if (!socket.writable || responseUnderWay(socket)?.headersSent === true) {
    socket.destroy();
    return undefined;
  }
  const code = 'code' in error ? String(error.code) : '';
  const { phrase, ...said } = REFUSALS.get(code) ?? MALFORMED;
  const { status, headers, body } = problemAnswer({ ...said, requestId });
  let head = `HTTP/1.1 ${status} ${phrase}\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
  for (let index = 0; index < headers.length; index += 2)
    head += `${headers[index]}: ${headers[index + 1]}\r\n`;
  socket.end(`${head}\r\n${body}`, () => socket.destroy());
  return status;
}
