import type { JoinWebSockets } from '../../gateway/proxy/forward-by-fetch.ts';

/** A WebSocket of workerd. @see https://developers.cloudflare.com/workers/runtime-apis/websockets/ */
interface WorkerWebSocket {
  /** `blob` where nothing else is said, which is not sent as bytes. */
  binaryType: string;
  accept(): void;
  send(data: string | ArrayBuffer): void;
  close(code?: number, reason?: string): void;
  addEventListener(name: string, listener: (event: SocketEvent) => void): void;
}

interface SocketEvent {
  readonly data: string | ArrayBuffer;
  readonly code: number;
  readonly reason: string;
}

declare const WebSocketPair: new () => { readonly 0: WorkerWebSocket; readonly 1: WorkerWebSocket };

/** Stands for a close without a code, and is never sent (RFC 6455, section 7.4.1). */
const NO_CODE = 1005;
const UNEXPECTED = 1011;

/**
 * Puts a pair of WebSockets of workerd between an upstream and a client, so that both can be closed. Messages pass as wholes. Does NOT hold the upstream back
 * where the client reads slowly: workerd tells nobody.
 */
export const joinWorkerWebSockets: JoinWebSockets = (accepted) => {
  const upstream = accepted as WorkerWebSocket;
  const { 0: client, 1: server } = new WebSocketPair();
  const closed = Promise.withResolvers<void>();
  for (const [from, to] of [
    [upstream, server],
    [server, upstream],
  ] as const) {
    from.addEventListener('message', ({ data }) => quietly(() => to.send(data)));
    from.addEventListener('close', ({ code, reason }) => {
      quietly(() => (code === NO_CODE ? to.close() : to.close(code, reason)));
      closed.resolve();
    });
    from.addEventListener('error', () => {
      quietly(() => to.close(UNEXPECTED));
      closed.resolve();
    });
    from.binaryType = 'arraybuffer';
    from.accept();
  }
  return {
    client,
    closed: closed.promise,
    close(code, reason) {
      quietly(() => server.close(code, reason));
      quietly(() => upstream.close(code, reason));
    },
  };
};

/** What is closed already can be neither closed nor sent to. */
function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // Its own end is told by its own event.
  }
}
