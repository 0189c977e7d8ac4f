import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { denialAnswer } from '../../../gateway/denial.ts';
import { isWebSocketRequest } from '../../../gateway/proxy/web-socket-request.ts';
import type { Timer } from '../../../lib/durations.ts';
import { refuseConnection } from './client-error.ts';
import { createDeadlines } from './deadlines.ts';
import { endWaiting } from './end-together.ts';
import { endsQuietConnections } from './quiet-connections.ts';
import { responseUnderWay } from './response-under-way.ts';
import { type ServeDeps, type ServeParts, serveRequest, undecidedRecord } from './serve-request.ts';
import { createTurns, isInTurn, type Turns } from './turns.ts';
import { createUpgradedResponse } from './upgraded-response.ts';
import { writeAnswer } from './write-answer.ts';

// While the server closes: what has been answered needs no connection any more.
const QUIET_SWEEP_MS = 50;

/** The gateway's HTTP server on Node. */
export interface GatewayServer {
  readonly server: Server;
  /** Starts to listen; port 0 takes a free one. Fails with Node's error when the address cannot be had. */
  listen(host: string, port: number): Promise<AddressInfo>;
  /** Takes no more connections, and waits for requests under way and open WebSockets for as long as the limits say. Does NOT end streams: whoever keeps them does. */
  close(): Promise<void>;
}

/**
 * Creates the HTTP/1.1 server around a gateway. Every request goes through `Gateway.handle()`, upgrades too; CONNECT is 405. Bytes are
 * read strictly and the request's target and header fields are handed on as they came. Does NOT speak TLS.
 * @see RFC 9112; OWASP "HTTP Request Smuggling"
 */
export function createGatewayServer(options: ServeDeps): GatewayServer {
  const { limits } = options;
  const deps = { ...options, ...createBodyDeadlines(options), turns: createTurns() };
  const upgraded = new Set<Socket>();
  const server = createServer({
    insecureHTTPParser: false,
    requireHostHeader: true,
    maxHeaderSize: limits.headerBytesMax,
    headersTimeout: limits.headersTimeoutMs,
    // Of the whole request, which would end long uploads; silence is timed instead.
    requestTimeout: 0,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: Math.min(5_000, Math.ceil(limits.headersTimeoutMs / 3)),
    keepAlive: true,
    // Most requests have no body: theirs is a stream that has ended, without the events of one that ends.
    optimizeEmptyRequests: true,
    // Other protocols (h2c) are no upgrade here: such requests are ordinary ones.
    shouldUpgradeCallback: (incoming) =>
      incoming.httpVersion === '1.1' && isWebSocketRequest(incoming.method ?? '', incoming.rawHeaders),
  });
  // Node drops fields beyond its count unseen; ours are counted and refused.
  server.maxHeadersCount = 0;
  server.maxConnections = limits.connectionsMax;
  server.timeout = limits.unreadTimeoutMs;
  const endQuiet = endsQuietConnections(server, upgraded);
  server.on('request', (incoming, outgoing) => serve(deps, incoming, outgoing, false));
  server.on('checkContinue', (incoming, outgoing) => serve(deps, incoming, outgoing, true));
  server.on('upgrade', (incoming, stream, head) => {
    // A plain HTTP server's connections are TCP sockets.
    const socket = stream as Socket;
    if (endIfBusy(socket)) return;
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    serveUpgrade(deps, incoming, { socket, head });
  });
  server.on('connect', (incoming, stream) => refuseConnect(deps, incoming, stream as Socket));
  server.on('clientError', (error, stream) => refuseBytes(deps, error, stream as Socket));
  server.on('timeout', destroyUnread);
  return {
    server,
    listen: (host, port) => listen(server, host, port),
    close: () => close(server, { upgraded, endQuiet, graceMs: limits.closeGraceMs }),
  };
}

function serve(
  deps: ServeParts & { readonly turns: Turns },
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  expectsContinue: boolean,
): void {
  const served = { incoming, outgoing, expectsContinue, upgrading: undefined };
  const { socket } = incoming;
  if (isInTurn(socket, outgoing)) serveRequest(deps, served);
  else deps.turns.wait(socket, outgoing, () => serveRequest(deps, served));
}

function serveUpgrade(
  deps: ServeParts,
  incoming: IncomingMessage,
  upgrading: { readonly socket: Socket; readonly head: Buffer },
): void {
  upgrading.socket.setTimeout(0);
  const outgoing = createUpgradedResponse(incoming, upgrading.socket);
  serveRequest(deps, { incoming, outgoing, expectsContinue: false, upgrading });
}

function createBodyDeadlines({ limits, clock }: ServeDeps): Pick<ServeParts, 'ownBodies' | 'unwantedBodies'> {
  const timer: Timer = (call, ms) => {
    const timeout = setTimeout(call, ms).unref();
    return () => clearTimeout(timeout);
  };
  const within = (ms: number) => createDeadlines(ms, { clock, timer }, cutIncomplete);
  return { ownBodies: within(limits.ownBodyTimeoutMs), unwantedBodies: within(limits.unwantedBodyMs) };
}

/** Ends the connection of a request whose body is not there in time. */
function cutIncomplete(incoming: IncomingMessage): void {
  if (!incoming.complete) incoming.socket.destroy();
}

function refuseConnect(deps: ServeDeps, incoming: IncomingMessage, socket: Socket): void {
  if (endIfBusy(socket)) return;
  const startedAt = deps.clock();
  const requestId = deps.createRequestId();
  const because = 'method_not_allowed';
  const answer = denialAnswer({ kind: 'deny', because, allowedMethods: [] }, requestId);
  writeAnswer(createUpgradedResponse(incoming, socket), answer, true);
  const record = undecidedRecord({ requestId, method: 'CONNECT', outcome: because, socket });
  deps.observer.observe(record, answer.status, deps.clock() - startedAt);
}

/** Refuses bytes that are no request; of its time nothing is known. */
function refuseBytes(deps: ServeDeps, error: Error, socket: Socket): void {
  endWaiting();
  const requestId = deps.createRequestId();
  // The address is gone with the connection, so that it is read first.
  const record = undecidedRecord({ requestId, method: '', outcome: 'unreadable', socket });
  const status = refuseConnection(error, socket, requestId);
  if (status !== undefined) deps.observer.observe(record, status, 0);
}

/**
 * Ends a connection on which an upgrade or CONNECT was sent before the answer to another request: Node has let go of it, and what is not
 * written yet of the two answers never can be. @see RFC 9112, section 9.3.2 (Pipelining)
 */
function endIfBusy(socket: Socket): boolean {
  endWaiting();
  const busy = responseUnderWay(socket) !== undefined;
  if (busy) socket.destroy();
  return busy;
}

/** Ends a silent connection, unless a response is under way on it: those are timed by their route. */
function destroyUnread(socket: Socket): void {
  if (responseUnderWay(socket)?.writableEnded !== false) socket.destroy();
}

function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      // A server that listens on a port has such an address.
      resolve(server.address() as AddressInfo);
    });
  });
}

interface Closing {
  readonly upgraded: ReadonlySet<Socket>;
  readonly endQuiet: () => void;
  readonly graceMs: number;
}

function close(server: Server, { upgraded, endQuiet, graceMs }: Closing): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      server.closeAllConnections();
      for (const socket of upgraded) socket.destroy();
    }, graceMs);
    endQuiet();
    const sweep = setInterval(endQuiet, QUIET_SWEEP_MS);
    server.close(() => {
      clearTimeout(timer);
      clearInterval(sweep);
      resolve();
    });
  });
}
