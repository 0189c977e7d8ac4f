const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_LENGTH = 43;
const CHECK_LENGTH = 6;
const BASE62 = /^[0-9A-Za-z]+$/;
// The largest multiple of 62 in a byte: what lies above would make the first characters likelier than the others.
const BYTE_LIMIT = 248;
// CRC-32 with the polynomial of ISO-HDLC, reflected: the one of zlib and of PNG.
const CRC_POLYNOMIAL = 0xedb88320;

/**
 * Makes a secret for a program: a prefix, 43 random base62 characters (256 bits) and 6 of their CRC-32. The prefix lets scanners find secrets
 * that leaked; the check lets them, and us, tell a secret from what merely looks like one. Does NOT store it.
 */
export function createCheckedSecret(prefix: string): string {
  let random = '';
  while (random.length < RANDOM_LENGTH) {
    const [byte = BYTE_LIMIT] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < BYTE_LIMIT) random += ALPHABET[byte % ALPHABET.length];
  }
  return `${prefix}${random}${checkOf(random)}`;
}

/** Tells whether a text is written as `createCheckedSecret` writes, with the check right. Does NOT tell whether it was issued. */
export function isCheckedSecret(prefix: string, text: string): boolean {
  const rest = text.slice(prefix.length);
  if (!text.startsWith(prefix) || rest.length !== RANDOM_LENGTH + CHECK_LENGTH || !BASE62.test(rest))
    return false;
  return rest.endsWith(checkOf(rest.slice(0, RANDOM_LENGTH)));
}

function checkOf(text: string): string {
  let rest = crc32(new TextEncoder().encode(text));
  let check = '';
  for (let index = 0; index < CHECK_LENGTH; index += 1) {
    check = `${ALPHABET[rest % ALPHABET.length]}${check}`;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return check;
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? CRC_POLYNOMIAL : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
