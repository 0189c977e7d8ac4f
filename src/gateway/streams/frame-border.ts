const OPCODE_BITS = 0x0f;
const MASKED_BIT = 0x80;
const LENGTH_BITS = 0x7f;
const CLOSE_OPCODE = 0x8;
/** What stands in the second byte where the length follows in 2 or in 8 bytes. */
const LENGTH_IN_16_BITS = 126;
const LENGTH_IN_64_BITS = 127;
const MASK_BYTES = 4;

/** Follows the bytes of one direction of a WebSocket. */
export interface FrameBorder {
  /** Takes the next bytes. */
  pass(chunk: Uint8Array): void;
  /** Whether a frame has just ended, or none has begun: a control frame may stand here, also between the fragments of a message. */
  readonly between: boolean;
  /** Whether a Close frame has passed as a whole: nothing may follow it. */
  readonly closed: boolean;
  /** Takes bytes up to the first border in the chunk, or all of them, and answers with their number. */
  passToBorder(chunk: Uint8Array): number;
}

/**
 * Creates the follower of a direction that begins now, right after the handshake. Reads headers alone, which may be cut anywhere, and copies
 * nothing. Does NOT check frames: the two sides do. @see RFC 6455, section 5.2 (Base Framing Protocol) and 5.5 (Control Frames)
 */
export function createFrameBorder(): FrameBorder {
  const frame = { headerBytes: 0, headerLength: 2, lengthBytes: 0, payloadLeft: 0, isClose: false };
  let closed = false;

  function passToBorder(chunk: Uint8Array, from = 0): number {
    let at = from;
    while (at < chunk.length) {
      if (frame.headerBytes < frame.headerLength) {
        readHeaderByte(frame, chunk[at] ?? 0);
        at += 1;
      } else {
        const passing = Math.min(frame.payloadLeft, chunk.length - at);
        frame.payloadLeft -= passing;
        at += passing;
      }
      if (frame.headerBytes < frame.headerLength || frame.payloadLeft > 0) continue;
      frame.headerBytes = 0;
      frame.headerLength = 2;
      closed ||= frame.isClose;
      return at;
    }
    return at;
  }

  return {
    pass(chunk) {
      let at = 0;
      while (at < chunk.length) at = passToBorder(chunk, at);
    },
    get between() {
      return frame.headerBytes === 0;
    },
    get closed() {
      return closed;
    },
    passToBorder: (chunk) => passToBorder(chunk),
  };
}

interface FrameState {
  /** How many bytes of the header were read, of how many as far as is known. */
  headerBytes: number;
  headerLength: number;
  /** How many of them are an extended length. */
  lengthBytes: number;
  /** Above 2^53 it is not exact, which no connection lives to see. */
  payloadLeft: number;
  isClose: boolean;
}

function readHeaderByte(frame: FrameState, byte: number): void {
  if (frame.headerBytes === 0) frame.isClose = (byte & OPCODE_BITS) === CLOSE_OPCODE;
  else if (frame.headerBytes === 1) {
    const length = byte & LENGTH_BITS;
    frame.lengthBytes = length === LENGTH_IN_16_BITS ? 2 : length === LENGTH_IN_64_BITS ? 8 : 0;
    frame.payloadLeft = frame.lengthBytes === 0 ? length : 0;
    frame.headerLength = 2 + frame.lengthBytes + ((byte & MASKED_BIT) === 0 ? 0 : MASK_BYTES);
  } else if (frame.headerBytes < 2 + frame.lengthBytes) frame.payloadLeft = frame.payloadLeft * 256 + byte;
  frame.headerBytes += 1;
}
