const OUTSIDE_ALPHABET = /[^A-Za-z0-9_-]/;
// By the length's rest of four: the last characters whose bits beyond the last byte are zero; one character alone is no byte.
const LAST_CHARACTERS: readonly (RegExp | undefined)[] = [
  undefined,
  /(?!)/,
  /[AQgw]$/,
  /[AEIMQUYcgkosw048]$/,
];

/**
 * Decodes base64url without padding; `undefined` for anything else: padding, spaces, the other alphabet, and non-zero bits after the last
 * byte, with which one signature could be spelled in several ways. @see RFC 7515, section 2; RFC 4648, section 3.5
 */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  const last = LAST_CHARACTERS[text.length % 4];
  if (OUTSIDE_ALPHABET.test(text) || last?.test(text.slice(-1)) === false) return undefined;
  return Uint8Array.fromBase64(text, { alphabet: 'base64url' });
}
