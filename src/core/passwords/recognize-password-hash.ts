import { ok, type Result, refused } from '../../lib/result.ts';
import { formatPasswordHash, isAffordable, type PasswordHash, type Pbkdf2Digest } from './password-hash.ts';
import { parsePhcString } from './phc-string.ts';

/** Why a text is not taken as a password's hash. */
export type UnusableHash = 'malformed' | 'cost_out_of_bounds';

/** What the text of a hash leaves out. */
export interface HashSurroundings {
  /** The salt, where it is kept apart: its bytes are those of this text. For `pbkdf2:sha256:20000:HASH` alone. */
  readonly salt?: string | undefined;
}

/**
 * Recognizes a password's hash by its text and gives the form in which it is stored. Knows argon2, bcrypt (`$2a$`, `$2b$`, `$2y$`), the forms of Django
 * and passlib, and plain PBKDF2 in hex or base64. Refuses costs that no machine should be asked for. Does NOT judge whether the hash is strong: it
 * lasts until its owner's next log-in.
 */
export function recognizePasswordHash(
  text: string,
  surroundings: HashSurroundings = {},
): Result<string, UnusableHash> {
  const read = readPasswordHash(text, surroundings);
  return read.ok ? ok(formatPasswordHash(read.value)) : read;
}

/** Reads a password's hash in any form that `recognizePasswordHash` knows, the stored form among them. */
export function readPasswordHash(
  text: string,
  { salt }: HashSurroundings = {},
): Result<PasswordHash, UnusableHash> {
  if (text.length > TEXT_LENGTH_MAX) return refused('malformed');
  const argon2 = ARGON2.exec(text);
  if (argon2 !== null) return readArgon2(argon2[1] as Argon2Variant, argon2[2] ?? '');
  const read =
    salt === undefined ? (readBcrypt(text) ?? readPbkdf2(text) ?? readScrypt(text)) : readApart(text, salt);
  if (read === undefined) return refused('malformed');
  return isAffordable(read) ? ok(read) : refused('cost_out_of_bounds');
}

type Argon2Variant = 'argon2id' | 'argon2i' | 'argon2d';

const TEXT_LENGTH_MAX = 512;
const SALT_BYTES_MAX = 128;
const HASH_BYTES = { min: 16, max: 64 };

// Django writes its own name of the algorithm in front.
const ARGON2 = /^(?:argon2)?\$(argon2(?:id|i|d))(\$.+)$/;
const BCRYPT = /^(\$2[aby]\$\d\d\$[./A-Za-z0-9]{21})([./A-Za-z0-9])([./A-Za-z0-9]{30}[.CGKOSWaeimquy26])$/;
const DJANGO_PBKDF2 = /^pbkdf2_(sha1|sha256|sha512)\$([1-9]\d{0,8})\$([^$]+)\$([^$]+)$/;
const PHC_PBKDF2 = /^\$pbkdf2(?:-(sha1|sha256|sha512))?\$(?:i=)?([1-9]\d{0,8})\$([^$]+)\$([^$]+)$/;
const HEX_PBKDF2 = /^pbkdf2:(sha1|sha256|sha512):([1-9]\d{0,8}):([0-9a-fA-F]+):([0-9a-fA-F]+)$/;
const APART_PBKDF2 = /^pbkdf2:(sha1|sha256|sha512):([1-9]\d{0,8}):([^:]+)$/;
const DJANGO_SCRYPT = /^scrypt\$([1-9]\d{0,8})\$([^$]+)\$([1-9]\d{0,3})\$([1-9]\d{0,3})\$([^$]+)$/;
const PHC_SCRYPT = /^\$scrypt\$ln=([1-9]\d?),r=([1-9]\d{0,3}),p=([1-9]\d{0,3})\$([^$]+)\$([^$]+)$/;
// In the order of their values. @see Provos and Mazières, A Future-Adaptable Password Scheme (1999)
const BCRYPT_BASE64 = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function readArgon2(variant: Argon2Variant, rest: string): Result<PasswordHash, UnusableHash> {
  const parsed = parsePhcString(`$argon2id${rest}`);
  return parsed.ok ? ok({ kind: 'argon2', variant, ...parsed.value }) : parsed;
}

function readBcrypt(text: string): PasswordHash | undefined {
  const match = BCRYPT.exec(text);
  if (match === null) return undefined;
  // The last four bits of the salt's last character are none of the salt, and some systems write what they like there.
  const last = BCRYPT_BASE64[BCRYPT_BASE64.indexOf(match[2] ?? '') & 0b11_0000];
  return { kind: 'bcrypt', text: `${match[1]}${last}${match[3]}` };
}

function readPbkdf2(text: string): PasswordHash | undefined {
  const django = DJANGO_PBKDF2.exec(text);
  if (django !== null) return toPbkdf2(django, bytesOfText, bytesOfBase64);
  const phc = PHC_PBKDF2.exec(text);
  if (phc !== null) return toPbkdf2(phc, bytesOfBase64, bytesOfBase64);
  const hex = HEX_PBKDF2.exec(text);
  return hex === null ? undefined : toPbkdf2(hex, bytesOfHex, bytesOfHex);
}

function readApart(text: string, salt: string): PasswordHash | undefined {
  const match = APART_PBKDF2.exec(text);
  if (match === null) return undefined;
  const [, digest, iterations, hash = ''] = match;
  const parts = [text, digest ?? '', iterations ?? '', salt, hash];
  return toPbkdf2(parts, bytesOfText, /^(?:[0-9a-f]{2})+$/i.test(hash) ? bytesOfHex : bytesOfBase64);
}

type Decode = (text: string) => Uint8Array | undefined;

/** From a match of digest, iterations, salt and hash; without a digest it is SHA-1, as passlib leaves it out. */
function toPbkdf2(
  match: readonly string[],
  decodeSalt: Decode,
  decodeHash: Decode,
): PasswordHash | undefined {
  const [, digest = 'sha1', iterations, salt = '', hash = ''] = match;
  const bytes = bounded(decodeSalt(salt), decodeHash(hash));
  return (
    bytes && { kind: 'pbkdf2', digest: digest as Pbkdf2Digest, iterations: Number(iterations), ...bytes }
  );
}

function readScrypt(text: string): PasswordHash | undefined {
  const django = DJANGO_SCRYPT.exec(text);
  if (django !== null) {
    const [, cost, salt = '', blockSize, parallelism, hash = ''] = django;
    const costLog2 = Math.log2(Number(cost));
    const bytes = bounded(bytesOfText(salt), bytesOfBase64(hash));
    if (bytes === undefined || !Number.isInteger(costLog2) || costLog2 === 0) return undefined;
    return {
      kind: 'scrypt',
      costLog2,
      blockSize: Number(blockSize),
      parallelism: Number(parallelism),
      ...bytes,
    };
  }
  const phc = PHC_SCRYPT.exec(text);
  if (phc === null) return undefined;
  const [, costLog2, blockSize, parallelism, salt = '', hash = ''] = phc;
  const bytes = bounded(bytesOfBase64(salt), bytesOfBase64(hash));
  const costs = {
    costLog2: Number(costLog2),
    blockSize: Number(blockSize),
    parallelism: Number(parallelism),
  };
  return bytes && { kind: 'scrypt', ...costs, ...bytes };
}

function bounded(
  salt: Uint8Array | undefined,
  hash: Uint8Array | undefined,
): { salt: Uint8Array; hash: Uint8Array } | undefined {
  if (salt === undefined || hash === undefined) return undefined;
  if (salt.length === 0 || salt.length > SALT_BYTES_MAX) return undefined;
  return hash.length < HASH_BYTES.min || hash.length > HASH_BYTES.max ? undefined : { salt, hash };
}

function bytesOfText(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function bytesOfHex(text: string): Uint8Array | undefined {
  return text.length % 2 === 0 ? Uint8Array.fromHex(text) : undefined;
}

/** Standard base64 with or without padding; passlib writes `.` for `+`. */
function bytesOfBase64(text: string): Uint8Array | undefined {
  const unpadded = text.replaceAll('.', '+').replace(/={1,2}$/, '');
  return /^[A-Za-z0-9+/]+$/.test(unpadded) && unpadded.length % 4 !== 1
    ? Uint8Array.fromBase64(unpadded)
    : undefined;
}
