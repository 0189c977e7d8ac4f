import type { Duplex } from 'node:stream';
import { responseHeaders } from '../../gateway/proxy/response-headers.ts';
import { closeFrame } from '../../gateway/streams/close-frame.ts';
import { closeCodeOf, type StreamEnd } from '../../gateway/streams/stream-end.ts';
import type { Timer } from '../../lib/durations.ts';
import { pumpFrames } from './frame-pump.ts';

/** How long a side that was told the end may take to read what is left. */
const LAST_BYTES_MS = 10_000;
/** How long a frame that is under way may take to end when the tunnel does. */
const FRAME_END_MS = 500;
/** How long the two sides may take to answer our Close frame. */
const CLOSE_ANSWER_MS = 1_000;
const MASK_BYTES = 4;

/** Two connections that were joined. */
export interface Tunnel {
  /**
   * Ends both: nothing passes any more, both sides get a Close frame between two frames, and a second to answer it. Where a frame that is
   * under way does not end in half a second, they end without one. @see RFC 6455, section 7.1 (Closing the Connection)
   */
  end(why: StreamEnd): void;
}

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
export function joinConnections(
  client: Duplex,
  upstream: Duplex,
  { timer, closed }: { readonly timer: Timer; readonly closed: () => void },
): Tunnel {
  let ending = false;
  let callsOff: (() => void)[] = [];
  const down = pumpFrames(upstream, client, endAnswered);
  const up = pumpFrames(client, upstream, endAnswered);
  tieEnds(client, upstream, {
    timer,
    isEnding: () => ending,
    closed() {
      for (const callOff of callsOff) callOff();
      closed();
    },
  });

  /** Whoever has our Close frame, and has sent one, expects the connection's end. */
  function endAnswered(): void {
    if (down.finished && up.closed) client.end();
    if (up.finished && down.closed) upstream.end();
  }
  function destroy(): void {
    client.destroy();
    upstream.destroy();
  }

  return {
    end(why) {
      if (ending) return;
      ending = true;
      const code = closeCodeOf(why);
      callsOff = [
        timer(() => (down.finished && up.finished) || destroy(), FRAME_END_MS),
        timer(destroy, CLOSE_ANSWER_MS),
      ];
      down.finish(closeFrame(code, why));
      up.finish(closeFrame(code, why, crypto.getRandomValues(new Uint8Array(MASK_BYTES))));
      endAnswered();
    },
  };
}

/** Lets the end of either connection be the end of both, except while both are being ended: then each has its own time. */
function tieEnds(
  client: Duplex,
  upstream: Duplex,
  tunnel: { readonly timer: Timer; readonly isEnding: () => boolean; readonly closed: () => void },
): void {
  let open = 2;
  for (const [from, to] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    from.on('error', () => tunnel.isEnding() || to.destroy());
    from.on('end', () => {
      to.once(
        'close',
        tunnel.timer(() => to.destroy(), LAST_BYTES_MS),
      );
    });
    to.once('finish', () => {
      if (!tunnel.isEnding()) from.destroy();
      to.destroy();
    });
    from.once('close', () => {
      if (!tunnel.isEnding()) to.destroy();
      open -= 1;
      if (open === 0) tunnel.closed();
    });
  }
}
