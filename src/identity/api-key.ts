const PREFIX = 'wgk_';
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_LENGTH = 43;
const CHECK_LENGTH = 6;
const HINT_LENGTH = 8;
const API_KEY = /^wgk_[0-9A-Za-z]{49}$/;
// The largest multiple of 62 in a byte: what lies above would make the first characters likelier than the others.
const BYTE_LIMIT = 248;
// CRC-32 with the polynomial of ISO-HDLC, reflected: the one of zlib and of PNG.
const CRC_POLYNOMIAL = 0xedb88320;

/**
 * Makes an API key: `wgk_`, 43 random base62 characters (256 bits) and 6 of their CRC-32. The prefix lets scanners find keys that leaked;
 * the check lets them, and us, tell a key from what merely looks like one. Does NOT store it.
 */
export function createApiKey(): string {
  let random = '';
  while (random.length < RANDOM_LENGTH) {
    const [byte = BYTE_LIMIT] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < BYTE_LIMIT) random += ALPHABET[byte % ALPHABET.length];
  }
  return `${PREFIX}${random}${checkOf(random)}`;
}

/** Tells whether a text is written as an API key, with the check right, so that a mistyped one costs no look-up. Does NOT tell whether it was issued. */
export function isApiKey(text: string): boolean {
  if (!API_KEY.test(text)) return false;
  const random = text.slice(PREFIX.length, PREFIX.length + RANDOM_LENGTH);
  return text.endsWith(checkOf(random));
}

/** The first characters of a key, by which its owner knows it again; four of them are random, so they help nobody to guess the rest. */
export function hintOfApiKey(key: string): string {
  return key.slice(0, HINT_LENGTH);
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
