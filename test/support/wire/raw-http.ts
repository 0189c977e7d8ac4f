import { once } from 'node:events';
import { connect } from 'node:net';

/** A response as it came: names in lower case, duplicates kept. */
export interface RawResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/**
 * Sends the bytes of one request (Latin-1) to a port of the loopback, from the given address of it, and reads one response, or until the
 * other side closes.
 */
export async function sendRaw(port: number, bytes: string, from = '127.0.0.1'): Promise<RawResponse> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from });
  socket.setEncoding('latin1');
  let text = '';
  socket.on('data', (chunk: string) => {
    text += chunk;
    if (isWhole(text)) socket.destroy();
  });
  socket.write(bytes, 'latin1');
  await once(socket, 'close');
  return parseResponse(text);
}

/** A connection may stay open, as after a refused upgrade; the framing then shows the end. */
function isWhole(text: string): boolean {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd === -1) return false;
  if (text.startsWith('HTTP/1.1 101')) return true;
  if (/\r\ntransfer-encoding: *chunked/i.test(text.slice(0, headEnd))) return text.endsWith('\r\n0\r\n\r\n');
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, headEnd))?.[1];
  return length !== undefined && text.length >= headEnd + 4 + Number(length);
}

/** The bytes of a request that closes its connection; header lines as they are given. */
export function rawRequest(line: string, headerLines: readonly string[] = [], body = ''): string {
  const host = headerLines.some((header) => /^host:/i.test(header)) ? [] : ['Host: clinic.example'];
  const connection = headerLines.some((header) => /^connection:/i.test(header)) ? [] : ['Connection: close'];
  return `${[`${line} HTTP/1.1`, ...host, ...connection, ...headerLines].join('\r\n')}\r\n\r\n${body}`;
}

function parseResponse(text: string): RawResponse {
  const headEnd = text.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = text.slice(0, headEnd).split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  const isChunked = headers.some(([name, value]) => name === 'transfer-encoding' && value === 'chunked');
  const rest = text.slice(headEnd + 4);
  return { status: Number(statusLine.split(' ')[1]), headers, body: isChunked ? dechunked(rest) : rest };
}

function dechunked(text: string): string {
  const lineEnd = text.indexOf('\r\n');
  const length = Number.parseInt(text.slice(0, lineEnd), 16);
  if (!(length > 0)) return '';
  const start = lineEnd + 2;
  return text.slice(start, start + length) + dechunked(text.slice(start + length + 2));
}
