// What is left over after full groups of four must have zero bits where no byte ends; else one byte string has several spellings.
const CANONICAL = /^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-][AQgw]|[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048])?$/;

/**
 * Decodes base64url without padding; `undefined` for anything else: padding, spaces, the other alphabet, and non-zero bits after the last
 * byte, with which one signature could be spelled in several ways. @see RFC 7515, section 2; RFC 4648, section 3.5
 */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  return CANONICAL.test(text) ? Uint8Array.fromBase64(text, { alphabet: 'base64url' }) : undefined;
}
