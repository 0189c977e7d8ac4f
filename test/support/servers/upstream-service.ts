import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { close, listen, portOf } from './loopback-server.ts';

/** What an upstream received: one request as it came over the wire. */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly string[];
  readonly bodyBytes: number;
}

/** A service of a test, on a free port of this machine. */
export interface TestService {
  readonly port: number;
  readonly origin: string;
  /** The requests so far, in the order in which they were complete. */
  readonly received: readonly ReceivedRequest[];
  close(): Promise<void>;
}

/** Answers with what was received, as JSON. */
async function echo(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  received: ReceivedRequest[],
): Promise<void> {
  let bodyBytes = 0;
  for await (const chunk of incoming) bodyBytes += (chunk as Uint8Array).length;
  const request = {
    method: incoming.method ?? '',
    url: incoming.url ?? '',
    headers: incoming.rawHeaders,
    bodyBytes,
  };
  received.push(request);
  outgoing.setHeader('Content-Type', 'application/json');
  outgoing.end(JSON.stringify(request));
}

/** Starts an HTTP service; without a listener it echoes each request as JSON. */
export async function startHttpService(listener?: RequestListener): Promise<TestService> {
  const received: ReceivedRequest[] = [];
  const server = createServer(
    listener ?? ((incoming, outgoing) => void echo(incoming, outgoing, received).catch(() => {})),
  );
  const address = await listen(server);
  return {
    port: portOf(address),
    origin: `http://${address}`,
    received,
    close: () => close(server),
  };
}

/** Starts a service that speaks bare bytes: `onConnection` gets each connection. */
export async function startTcpService(onConnection: (socket: Socket) => void): Promise<TestService> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    onConnection(socket);
  });
  const address = await listen(server);
  return {
    port: portOf(address),
    origin: `http://${address}`,
    received: [],
    close: () => {
      for (const socket of sockets) socket.destroy();
      return close(server);
    },
  };
}
