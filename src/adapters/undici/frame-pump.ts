import type { Duplex } from 'node:stream';
import { createFrameBorder } from '../../gateway/streams/frame-border.ts';

/** One direction of a WebSocket: what comes from one side goes to the other, with back-pressure. */
export interface FramePump {
  /** Sends this frame as the last one, as soon as the frame that is under way has ended, and drops what comes after it. A Close frame that has passed was the last one already. */
  finish(lastFrame: Uint8Array): void;
  /** Whether nothing passes any more. */
  readonly finished: boolean;
  /** Whether this side has sent its Close frame, or can send nothing more. */
  readonly closed: boolean;
}

/** Begins to pump. Sends the end on, unless the pump has finished. `dropped` is called whenever something came that does not pass any more. */
export function pumpFrames(from: Duplex, to: Duplex, dropped: () => void): FramePump {
  const border = createFrameBorder();
  let lastFrame: Uint8Array | undefined;
  let finished = false;

  function send(bytes: Uint8Array): void {
    if (to.write(bytes)) return;
    from.pause();
    to.once('drain', () => from.resume());
  }

  function finishNow(frame: Uint8Array): void {
    finished = true;
    if (!border.closed && to.writable) to.write(frame);
    // What is dropped waits for nobody.
    from.resume();
  }

  from.on('data', (chunk: Uint8Array) => {
    if (lastFrame === undefined) {
      border.pass(chunk);
      send(chunk);
      return;
    }
    if (!finished) {
      const length = border.passToBorder(chunk);
      send(chunk.subarray(0, length));
      if (!border.between) return;
      finishNow(lastFrame);
      border.pass(chunk.subarray(length));
    } else border.pass(chunk);
    dropped();
  });
  from.on('end', () => {
    if (finished) dropped();
    else to.end();
  });
  return {
    finish(frame) {
      lastFrame = frame;
      if (border.between) finishNow(frame);
    },
    get finished() {
      return finished;
    },
    get closed() {
      return border.closed || from.readableEnded || from.destroyed;
    },
  };
}
