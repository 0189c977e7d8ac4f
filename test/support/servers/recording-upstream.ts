import type { Socket } from 'node:net';
import { startTcpService } from './upstream-service.ts';

/** A request as its bytes came (Latin-1): nothing folded, decoded, joined or dropped by an HTTP library in between. */
export interface UpstreamRequest {
  readonly method: string;
  readonly target: string;
  /** In order, with the sender's case and duplicates. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** Without the framing of chunks; trailers, if there are any, stand behind it in `trailers`. */
  readonly body: string;
  readonly trailers: string;
  /** Numbers the connections in the order in which they were made. */
  readonly connection: number;
}

/** A service that reads requests byte by byte and keeps connections alive. */
export interface RecordingUpstream {
  readonly origin: string;
  /** What came since the last `take()`. */
  take(): readonly UpstreamRequest[];
  /** Makes the whole response to a request, or answers later on the socket itself with `undefined`. */
  respond: (request: UpstreamRequest, socket: Socket) => string | undefined;
  close(): Promise<void>;
}

/** A 200 with a body of text. */
export function okResponse(body: string): string {
  return `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/** Starts such a service; it answers `served` until a test says otherwise. */
export async function startRecordingUpstream(): Promise<RecordingUpstream> {
  let received: UpstreamRequest[] = [];
  let connections = 0;
  const service = await startTcpService((socket) => {
    const connection = ++connections;
    let pending = '';
    socket.setEncoding('latin1').setNoDelay();
    socket.on('data', (text) => {
      pending += text;
      for (
        let cut = cutRequest(pending, connection);
        cut !== undefined;
        cut = cutRequest(pending, connection)
      ) {
        pending = cut.rest;
        received.push(cut.request);
        const response = upstream.respond(cut.request, socket);
        if (response !== undefined) socket.write(response, 'latin1');
      }
    });
  });
  const upstream: RecordingUpstream = {
    origin: service.origin,
    take() {
      const taken = received;
      received = [];
      return taken;
    },
    respond: (request) =>
      request.method === 'HEAD' ? 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n' : okResponse('served'),
    close: () => service.close(),
  };
  return upstream;
}

/** Cuts the first whole request off; `undefined` while it is not whole. */
function cutRequest(
  text: string,
  connection: number,
): { readonly request: UpstreamRequest; readonly rest: string } | undefined {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd === -1) return undefined;
  const [line = '', ...lines] = text.slice(0, headEnd).split('\r\n');
  const fields = lines.map((field): [string, string] => {
    const colon = field.indexOf(':');
    return [field.slice(0, colon), field.slice(colon + 1).trim()];
  });
  const cut = cutBody(text.slice(headEnd + 4), fields);
  if (cut === undefined) return undefined;
  const [method = '', target = ''] = line.split(' ');
  const { body, trailers, rest } = cut;
  return { request: { method, target, fields, body, trailers, connection }, rest };
}

interface CutBody {
  readonly body: string;
  readonly trailers: string;
  readonly rest: string;
}

function cutBody(text: string, fields: UpstreamRequest['fields']): CutBody | undefined {
  const field = (name: string) => fields.find(([given]) => given.toLowerCase() === name)?.[1];
  if (field('transfer-encoding') !== undefined) return cutChunks(text);
  const length = Number(field('content-length') ?? 0);
  if (text.length < length) return undefined;
  return { body: text.slice(0, length), trailers: '', rest: text.slice(length) };
}

function cutChunks(text: string): CutBody | undefined {
  let body = '';
  for (let start = 0; ; ) {
    const lineEnd = text.indexOf('\r\n', start);
    if (lineEnd === -1) return undefined;
    const size = Number.parseInt(text.slice(start, lineEnd), 16);
    if (size === 0) {
      const end = text.indexOf('\r\n\r\n', lineEnd);
      if (end === -1) return undefined;
      return { body, trailers: text.slice(lineEnd + 2, end), rest: text.slice(end + 4) };
    }
    const next = lineEnd + 2 + size + 2;
    if (text.length < next) return undefined;
    body += text.slice(lineEnd + 2, lineEnd + 2 + size);
    start = next;
  }
}
