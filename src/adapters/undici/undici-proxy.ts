import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';
import { CLIENT_WENT_AWAY } from '../../gateway/handling.ts';
import { headerValues } from '../../gateway/header-fields.ts';
import { announcesBody } from '../../gateway/proxy/announces-body.ts';
import type { OpenStreams } from '../../gateway/streams/open-streams.ts';
import type { Timer } from '../../lib/durations.ts';
import type { Log } from '../../lib/log.ts';
import { enterStream, enterUpload } from './early-end.ts';
import { failForwarding } from './end-forwarding.ts';
import { createForwarding, type Forwarding, type NodeExchange } from './forwarding.ts';
import { watchIdle } from './idle-watch.ts';
import { createRequestBody } from './request-body.ts';
import { createResponseHandler, rawHeaderTexts } from './response-handler.ts';
import { createUpstreamPools } from './upstream-pools.ts';
import { joinConnections, switchingHead } from './web-socket-tunnel.ts';

/** The client's side of an upgrade: its connection, and what it sent after the request's head. */
export interface UpgradingClient {
  readonly socket: Duplex;
  readonly head: Uint8Array;
}

/** What the proxy works with. */
export interface UndiciProxyOptions {
  /** Where whatever does not end at once is entered. */
  readonly streams: OpenStreams;
  readonly timer: Timer;
  readonly log: Log;
}

/** Carries requests to upstreams over HTTP/1.1. */
export interface UndiciProxy {
  forward(exchange: NodeExchange): void;
  /** As `forward`, but asks the upstream for a WebSocket; any answer but 101 is an ordinary answer (CVE-2026-71324). */
  upgrade(exchange: NodeExchange, client: UpgradingClient): void;
  /** Cuts off what is under way. Does NOT touch WebSockets that are open: they belong to the server. */
  close(): Promise<void>;
}

/**
 * Creates the proxy of Node on undici's dispatcher: each response is written straight to the client's, as it comes. Does NOT decide anything,
 * follow redirects, or repeat a request, except a GET or HEAD without a body whose connection the upstream closed before any answer.
 */
export function createUndiciProxy(options: UndiciProxyOptions): UndiciProxy {
  const pools = createUpstreamPools();
  const start = (exchange: NodeExchange): Forwarding => {
    const forwarding = createForwarding(exchange, pools.poolFor(exchange.plan.upstream), options);
    // `close` comes once; a listener that knows so costs a wrapper.
    exchange.outgoing.on('close', () => endWithClient(forwarding));
    return forwarding;
  };
  return {
    forward(exchange) {
      const forwarding = start(exchange);
      if (announcesBody(exchange.incoming.rawHeaders)) takeBody(forwarding);
      dispatch(forwarding);
    },
    upgrade: (exchange, client) => dispatchUpgrade(start(exchange), client),
    close: () => pools.close(),
  };
}

function endWithClient(forwarding: Forwarding): void {
  const { outgoing, done } = forwarding.exchange;
  forwarding.leave();
  if (!forwarding.over) {
    forwarding.over = true;
    forwarding.abortUpstream?.(new Error('the client went away'));
    forwarding.body?.destroy();
  }
  done(
    forwarding.brokenOff || outgoing.writableFinished ? outgoing.statusCode : CLIENT_WENT_AWAY,
    forwarding.ended,
  );
}

function takeBody(forwarding: Forwarding): void {
  forwarding.body = createRequestBody(forwarding.exchange.incoming);
  watchIdle(forwarding);
  process.nextTick(enterUpload, forwarding);
}

function dispatchOptions({ exchange: { plan }, body }: Forwarding): Dispatcher.DispatchOptions {
  return {
    path: plan.path,
    // undici's type names the usual methods; it takes any token.
    method: plan.method as Dispatcher.HttpMethod,
    headers: plan.headers as string[],
    body: body ?? null,
    headersTimeout: plan.upstream.headersTimeoutMs,
    bodyTimeout: plan.upstream.idleTimeoutMs,
  };
}

function dispatch(forwarding: Forwarding): void {
  forwarding.abortUpstream = undefined;
  forwarding.pool.dispatch(dispatchOptions(forwarding), createResponseHandler(forwarding, dispatch));
}

function dispatchUpgrade(forwarding: Forwarding, client: UpgradingClient): void {
  const again = (): void => dispatchUpgrade(forwarding, client);
  forwarding.abortUpstream = undefined;
  forwarding.pool.dispatch(
    { ...dispatchOptions(forwarding), upgrade: 'websocket' },
    {
      ...createResponseHandler(forwarding, again),
      onUpgrade(status, raw, upstream) {
        const fields = rawHeaderTexts(raw ?? []);
        const accepted = status === 101 && headerValues(fields, 'upgrade')[0]?.toLowerCase() === 'websocket';
        if (!accepted || forwarding.over) {
          upstream.on('error', () => {}).destroy();
          failForwarding(forwarding, 'response_malformed', 'UPGRADE');
        } else openTunnel(forwarding, client, upstream, fields);
      },
    },
  );
}

function openTunnel(
  forwarding: Forwarding,
  { socket, head }: UpgradingClient,
  upstream: Duplex,
  upstreamFields: readonly string[],
): void {
  const { outgoing, done } = forwarding.exchange;
  forwarding.over = true;
  // The response is not needed any more; its type knows only sockets.
  outgoing.detachSocket(socket as Parameters<typeof outgoing.detachSocket>[0]);
  socket.write(switchingHead(upstreamFields), 'latin1');
  if (head.length > 0) socket.unshift(head);
  const { timer } = forwarding;
  const closed = (): void => {
    forwarding.leave();
    done(101, forwarding.ended);
  };
  const tunnel = joinConnections(socket, upstream, { timer, closed });
  enterStream(forwarding, (why) => tunnel.end(why));
}
