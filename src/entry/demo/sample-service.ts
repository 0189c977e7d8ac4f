import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import type { AssertionVerifier } from '../../downstream/assertion-verifier.ts';
import { identityAnswer } from '../../downstream/identity-answer.ts';
import { identityOf } from '../../downstream/identity-of.ts';

// Slow enough to read along, quick enough to see that nothing is held back.
const EVENT_INTERVAL_MS = 1000;
// Where the policy file's route sends an assertion.
const LETTERS = /^\/patients\/[^/?]+\/letters(?:[/?]|$)/;

/** A sample service that is listening. */
export interface SampleService {
  readonly name: string;
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Starts a service that answers each request with what it received and who it takes the caller for: `{service, method, url, headers: [[name, value],
 * …], bodyBytes, identity}`. The one called `alerts` also streams an event a second at `/alerts/stream` and echoes WebSocket messages at `/alerts/ws`.
 * It believes the identity headers, as services behind a gateway do, and listens on loopback only; with a verifier it believes the assertion alone for
 * patients' letters, and answers 401 or 503 without one. @throws Error with code EADDRINUSE when the port is taken.
 */
export async function startSampleService(
  name: string,
  port: number,
  verifier?: AssertionVerifier,
): Promise<SampleService> {
  const server = createServer((request, response) => {
    if (name === 'alerts' && request.url?.split('?')[0] === '/alerts/stream') streamEvents(request, response);
    else void answerWithRequest({ name, verifier }, request, response);
  });
  const closeWebSockets = name === 'alerts' ? echoWebSockets(server) : () => {};
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    name,
    port: typeof address === 'object' && address !== null ? address.port : port,
    async stop() {
      closeWebSockets();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answerWithRequest(
  { name: service, verifier }: { readonly name: string; readonly verifier: AssertionVerifier | undefined },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const verified = verifier !== undefined && LETTERS.test(request.url ?? '');
  const identity = await identityOf(request, verified ? { verifier } : {});
  if (verified && identity.kind !== 'identified') {
    const { status, headers, body } = identityAnswer(identity, request.headers);
    response.writeHead(status, headers).end(body);
    return;
  }
  let bodyBytes = 0;
  try {
    for await (const chunk of request) bodyBytes += (chunk as Uint8Array).length;
  } catch {
    // The sender went away in the middle of its body; nobody is left to answer.
    return;
  }
  const headers: [string, string][] = [];
  for (let index = 0; index < request.rawHeaders.length; index += 2)
    headers.push([request.rawHeaders[index] ?? '', request.rawHeaders[index + 1] ?? '']);
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(
    `${JSON.stringify({ service, method: request.method, url: request.url, headers, bodyBytes, identity })}\n`,
  );
}

function streamEvents(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  let count = 0;
  const send = () => {
    count += 1;
    const alert = { alert: count, user: request.headers['x-user-id'] };
    response.write(`id: ${count}\nevent: alert\ndata: ${JSON.stringify(alert)}\n\n`);
  };
  send();
  const timer = setInterval(send, EVENT_INTERVAL_MS);
  response.on('close', () => clearInterval(timer));
}

/** Echoes messages, after a first one that says who is connected; returns what ends all connections. */
function echoWebSockets(server: Server): () => void {
  const webSockets = new WebSocketServer({ noServer: true });
  webSockets.on('connection', (webSocket, request: IncomingMessage) => {
    webSocket.send(JSON.stringify({ service: 'alerts', user: request.headers['x-user-id'] ?? '' }));
    webSocket.on('message', (data, isBinary) => webSocket.send(data, { binary: isBinary }));
    webSocket.on('error', () => webSocket.terminate());
  });
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (request.url?.split('?')[0] !== '/alerts/ws') {
      socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      return;
    }
    webSockets.handleUpgrade(request, socket, head, (webSocket) =>
      webSockets.emit('connection', webSocket, request),
    );
  });
  return () => {
    for (const client of webSockets.clients) client.terminate();
  };
}
