// By the length's rest of four: the last characters whose bits beyond the last byte are zero; one character alone is no byte.
const LAST_CHARACTERS: readonly (RegExp | undefined)[] = [
  undefined,
  /(?!)/,
  /[AQgw]$/,
  /[AEIMQUYcgkosw048]$/,
];
const OTHER_ALPHABET = /[+/=]/;

/**
 * Decodes base64url without padding; `undefined` for anything else: padding, spaces, the other alphabet, and non-zero bits after the last
 * byte, with which one signature could be spelled in several ways. @see RFC 7515, section 2; RFC 4648, section 3.5
 */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  return decode(text, (sound) => Uint8Array.fromBase64(sound, { alphabet: 'base64url' }));
}

/** Decodes like `decodeBase64url`, with a character for each octet: for what is text, a fifth of the time that bytes take. */
export function decodeBase64urlOctets(text: string): string | undefined {
  return decode(text, (sound) => atob(sound.replaceAll('-', '+').replaceAll('_', '/')));
}

/** Decoders skip white space, which shows in the length, and throw at what else is outside of the alphabet. */
function decode<Decoded extends { readonly length: number }>(
  text: string,
  decoder: (text: string) => Decoded,
): Decoded | undefined {
  const last = LAST_CHARACTERS[text.length % 4];
  if (OTHER_ALPHABET.test(text) || last?.test(text.slice(-1)) === false) return undefined;
  try {
    const decoded = decoder(text);
    return decoded.length === Math.floor((text.length * 3) / 4) ? decoded : undefined;
  } catch {
    return undefined;
  }
}
