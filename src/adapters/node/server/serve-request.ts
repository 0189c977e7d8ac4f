import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Answer } from '../../../gateway/answer.ts';
import type { Denial } from '../../../gateway/decision.ts';
import { denialAnswer } from '../../../gateway/denial.ts';
import {
  appRecord,
  CLIENT_WENT_AWAY,
  type Gateway,
  type Handling,
  type RequestObserver,
  type RequestRecord,
} from '../../../gateway/handling.ts';
import { announcesBody } from '../../../gateway/proxy/announces-body.ts';
import { upstreamFailureAnswer } from '../../../gateway/proxy/upstream-failure.ts';
import type { StreamEnd } from '../../../gateway/streams/stream-end.ts';
import type { Log } from '../../../lib/log.ts';
import { problemAnswer } from '../../../lib/problem.ts';
import { stackFrames } from '../../../lib/stack-frames.ts';
import type { Deadlines } from './deadlines.ts';
import type { HttpForwarder } from './http-forwarder.ts';
import type { OwnRequest } from './own-request.ts';
import type { ServerLimits } from './server-limits.ts';
import { writeAnswer } from './write-answer.ts';

const REVOKED: Denial = { kind: 'deny', because: 'credential_rejected', rejected: 'revoked' };

/** What serving requests needs. */
export interface ServeDeps {
  readonly gateway: Gateway;
  readonly proxy: HttpForwarder;
  /** Answers requests to paths of our own. */
  readonly app: (request: OwnRequest) => void;
  readonly observer: RequestObserver;
  readonly log: Log;
  /** Milliseconds that only grow; differences are durations. */
  readonly clock: () => number;
  readonly createRequestId: () => string;
  readonly limits: ServerLimits;
}

/** One request as Node's server hands it over. */
export interface Served {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  /** The client waits for `100 Continue` before it sends its body. */
  readonly expectsContinue: boolean;
  /** The connection, where the client asks for a WebSocket, and what came after the request's head. */
  readonly upgrading: { readonly socket: Socket; readonly head: Uint8Array } | undefined;
}

/** What serving requests needs, with what the server keeps of them. */
export interface ServeParts extends ServeDeps {
  /** When the bodies of requests to our own paths have to be there. */
  readonly ownBodies: Deadlines<IncomingMessage>;
  /** When those of answered requests have to be, which are dropped. */
  readonly unwantedBodies: Deadlines<IncomingMessage>;
}

interface Serving extends Served {
  readonly deps: ServeParts;
  readonly requestId: string;
  readonly startedAt: number;
}

/** Serves one request: has the gateway handle it, then answers, forwards, or hands it to the app. Does NOT throw. */
export function serveRequest(deps: ServeParts, served: Served): void {
  const { incoming, outgoing, expectsContinue, upgrading } = served;
  const requestId = deps.createRequestId();
  const startedAt = deps.clock();
  const serving: Serving = { incoming, outgoing, expectsContinue, upgrading, deps, requestId, startedAt };
  // Another version may frame its messages in another way (RFC 9110, section 15.6.6).
  if (incoming.httpVersionMajor !== 1) {
    refuseUnread(serving, 505, 'http_version_not_supported', 'HTTP/1.1 and HTTP/1.0 are spoken here.');
    return;
  }
  if (incoming.rawHeaders.length > 2 * deps.limits.headerFieldsMax) {
    refuseUnread(serving, 431, 'headers_too_large', 'The header fields are too many.');
    return;
  }
  const request = {
    method: incoming.method ?? '',
    target: incoming.url ?? '',
    headers: incoming.rawHeaders,
    peerAddress: incoming.socket.remoteAddress,
    encrypted: false,
    requestId,
  };
  try {
    const handling = deps.gateway.handle(request);
    if (!(handling instanceof Promise)) carryOut(serving, handling);
    else
      handling
        .then((settled) => carryOut(serving, settled))
        .catch((error: unknown) => failInternally(serving, error));
  } catch (error) {
    failInternally(serving, error);
  }
}

function carryOut(serving: Serving, handling: Handling): void {
  if (handling.kind === 'reserved') {
    if (!serving.outgoing.destroyed) handOver(serving, handling);
    return;
  }
  // Nobody is there any more; whatever was decided has no effect.
  if (serving.outgoing.destroyed) observe(serving, handling.record, CLIENT_WENT_AWAY);
  else if (handling.kind === 'answer') {
    answer(serving, handling.answer);
    observe(serving, handling.record, handling.answer.status);
  } else forward(serving, handling);
}

function forward(serving: Serving, { plan, record }: Extract<Handling, { kind: 'forward' }>): void {
  const { deps, requestId, incoming, outgoing, upgrading } = serving;
  const forwarded = {
    plan,
    requestId,
    incoming,
    outgoing,
    fail: (failure: Parameters<typeof upstreamFailureAnswer>[0]) =>
      answer(serving, upstreamFailureAnswer(failure, requestId)),
    refuse: () => answer(serving, denialAnswer(REVOKED, requestId), true),
    done: (status: number, ended: StreamEnd | undefined) => {
      observe(serving, ended === undefined ? record : { ...record, ended }, status);
      dropBody(serving);
    },
  };
  if (serving.expectsContinue) outgoing.writeContinue();
  if (upgrading !== undefined && plan.upgrade !== undefined) deps.proxy.upgrade(forwarded, upgrading);
  else deps.proxy.forward(forwarded);
}

function handOver(
  serving: Serving,
  { target, clientAddress }: Extract<Handling, { kind: 'reserved' }>,
): void {
  const { deps, requestId, incoming, outgoing, expectsContinue } = serving;
  const facts = { requestId, clientAddress };
  const record = appRecord(facts, incoming.method ?? '', target.path);
  // The app reads the target that was judged, not another spelling of it.
  incoming.url = target.path + target.query;
  if (expectsContinue) outgoing.writeContinue();
  if (announcesBody(incoming.rawHeaders)) deps.ownBodies.add(incoming);
  const done = (status: number, code?: string) => {
    deps.ownBodies.remove(incoming);
    observe(serving, code === undefined ? record : { ...record, code }, status);
  };
  const fail = (error: unknown) => {
    failInternally(serving, error);
    done(500, 'internal_error');
  };
  deps.app({ incoming, outgoing, facts, done, fail });
}

// A client that waits for the 100 may send its body or its next request now; which one it is cannot be told.
function answer(serving: Serving, said: Answer, close = serving.expectsContinue): void {
  writeAnswer(serving.outgoing, said, close);
  dropBody(serving);
}

/**
 * Reads and drops what is left of an answered request's body, for a while. Closing at once could reset the connection before the client has read its
 * answer. @see RFC 9112, section 9.6 (Tear-down)
 */
function dropBody({ incoming, deps: { unwantedBodies } }: Serving): void {
  if (!announcesBody(incoming.rawHeaders) || incoming.complete || incoming.socket.destroyed) return;
  incoming.resume();
  unwantedBodies.add(incoming);
  incoming.once('close', () => unwantedBodies.remove(incoming));
}

function refuse(serving: Serving, status: number, code: string, title: string): void {
  answer(serving, problemAnswer({ status, code, title, requestId: serving.requestId }), true);
}

function refuseUnread(serving: Serving, status: number, code: string, title: string): void {
  const { incoming, requestId } = serving;
  const record = undecidedRecord({
    requestId,
    method: incoming.method ?? '',
    outcome: 'unreadable',
    socket: incoming.socket,
  });
  refuse(serving, status, code, title);
  observe(serving, record, status);
}

/** The record of a request that never came to the gateway. */
export function undecidedRecord(known: {
  readonly requestId: string;
  readonly method: string;
  readonly outcome: RequestRecord['outcome'];
  readonly socket: Socket;
}): RequestRecord {
  const { requestId, method, outcome, socket } = known;
  const clientAddress = socket.remoteAddress;
  const undecided = { path: undefined, routeId: undefined, rejected: undefined, subject: undefined };
  return { requestId, mode: 'proxy', method, outcome, clientAddress, ...undecided };
}

function observe({ deps, startedAt }: Serving, record: RequestRecord, status: number): void {
  deps.observer.observe(record, status, deps.clock() - startedAt);
}

function failInternally(serving: Serving, error: unknown): void {
  const { deps, outgoing, requestId } = serving;
  deps.log.error('request failed', { request_id: requestId, ...stackFrames(error) });
  if (outgoing.headersSent) outgoing.destroy();
  else if (!outgoing.destroyed) refuse(serving, 500, 'internal_error', 'The gateway failed.');
}
