import type { Duplex } from 'node:stream';
import { responseHeaders } from '../../gateway/proxy/response-headers.ts';

/** How long a side that was told the end may take to read what is left. */
const LAST_BYTES_MS = 10_000;

/** The head that tells a client that its connection is a WebSocket now: the upstream's fields, without those of one connection. */
export function switchingHead(upstreamFields: readonly string[]): string {
  const fields = responseHeaders(upstreamFields);
  let head = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n';
  for (let index = 0; index < fields.length; index += 2) head += `${fields[index]}: ${fields[index + 1]}\r\n`;
  return `${head}\r\n`;
}

/**
 * Joins two connections until either ends: bytes pass both ways with back-pressure, and the end or an error of one ends both, after
 * what was read has been written. `closed` is called once.
 */
export function joinConnections(client: Duplex, upstream: Duplex, closed: () => void): void {
  let open = 2;
  for (const [from, to] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    from.pipe(to);
    from.on('error', () => to.destroy());
    from.on('end', () => {
      const timer = setTimeout(() => to.destroy(), LAST_BYTES_MS);
      to.once('close', () => clearTimeout(timer));
    });
    to.once('finish', () => {
      from.destroy();
      to.destroy();
    });
    from.once('close', () => {
      to.destroy();
      open -= 1;
      if (open === 0) closed();
    });
  }
}
