const FINAL_CLOSE = 0x88;
const MASKED_BIT = 0x80;
/** What a control frame's payload may hold beside the code. @see RFC 6455, section 5.5 */
const REASON_BYTES_MAX = 123;

/**
 * Writes a Close frame. `mask`: four unpredictable bytes in a frame to a server, none in one to a client. @throws RangeError for a reason
 * of more than 123 bytes. @see RFC 6455, sections 5.3 and 5.5.1
 */
export function closeFrame(code: number, reason: string, mask?: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(reason);
  if (text.length > REASON_BYTES_MAX) throw new RangeError('the reason of a Close frame is too long');
  const payload = new Uint8Array([code >> 8, code & 0xff, ...text]);
  if (mask === undefined) return new Uint8Array([FINAL_CLOSE, payload.length, ...payload]);
  const masked = payload.map((byte, index) => byte ^ (mask[index % mask.length] ?? 0));
  return new Uint8Array([FINAL_CLOSE, MASKED_BIT | payload.length, ...mask, ...masked]);
}
