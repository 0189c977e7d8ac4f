import { createServer, type IncomingMessage } from 'node:http';
import { close, listen } from '../servers/loopback-server.ts';

/** What a service received: names in lower case, all else as it came. */
export interface Received {
  readonly service: string;
  readonly method: string;
  /** The raw request target. */
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly bodyBytes: number;
}

/** A service that answers 200 to everything, WebSocket handshakes with 101, and remembers it. */
export interface RecordingService {
  readonly address: string;
  readonly received: Received[];
  stop(): Promise<void>;
}

/** Starts such a service on a free port of this machine. */
export async function startRecordingService(service: string): Promise<RecordingService> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    let bodyBytes = 0;
    for await (const chunk of request) bodyBytes += (chunk as Buffer).length;
    received.push(describeRequest(service, request, bodyBytes));
    response.end('served');
  });
  server.on('upgrade', (request, socket) => {
    received.push(describeRequest(service, request, 0));
    socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
  });
  return { address: await listen(server), received, stop: () => close(server) };
}

function describeRequest(service: string, request: IncomingMessage, bodyBytes: number): Received {
  const { method = '', url = '', rawHeaders } = request;
  const headers: [string, string][] = [];
  for (let index = 0; index < rawHeaders.length; index += 2)
    headers.push([rawHeaders[index]?.toLowerCase() ?? '', rawHeaders[index + 1] ?? '']);
  return { service, method, url, headers, bodyBytes };
}
