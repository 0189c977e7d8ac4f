import { isId } from '../../identity/ids.ts';

/** What a refresh token says: whose it is, and which one in the row of that session's tokens. */
export interface RefreshTokenContent {
  /** `ses_…` */
  readonly sessionId: string;
  /** From 0, which log-in issues. */
  readonly counter: number;
}

const VERSION = 1;
const MAC_AT = 21;
const BYTES = MAC_AT + 32;
// So many bytes in base64url.
const SHAPE = /^[A-Za-z0-9_-]{71}$/;
const PREFIX = 'ses_';
/** The largest counter that the store can hold. */
const COUNTER_MAX = 0x7fff_ffff;
const encoder = new TextEncoder();

/** Writes a refresh token: version ‖ session id ‖ counter ‖ HMAC-SHA-256, in base64url without padding. Throws RangeError for what cannot be one. */
export async function writeRefreshToken(masterKey: CryptoKey, content: RefreshTokenContent): Promise<string> {
  const { sessionId, counter } = content;
  if (!isId('session', sessionId) || !Number.isInteger(counter) || counter < 0 || counter > COUNTER_MAX)
    throw new RangeError('a refresh token needs a session and a counter');
  const bytes = new Uint8Array(BYTES);
  bytes[0] = VERSION;
  bytes.set(Uint8Array.fromHex(sessionId.slice(PREFIX.length)), 1);
  new DataView(bytes.buffer).setUint32(17, counter);
  const key = await deriveSessionKey(masterKey, bytes.slice(1, 17));
  bytes.set(new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes.slice(0, MAC_AT))), MAC_AT);
  return bytes.toBase64({ alphabet: 'base64url', omitPadding: true });
}

/**
 * Reads a refresh token that one of the master keys authenticates; `undefined` for anything else, and for a second spelling of a good one. Does NOT
 * tell whether it is spent or its session stands.
 */
export async function readRefreshToken(
  masterKeys: readonly CryptoKey[],
  token: string,
): Promise<RefreshTokenContent | undefined> {
  const bytes = decode(token);
  if (bytes === undefined || bytes[0] !== VERSION) return undefined;
  const id = bytes.slice(1, 17);
  const counter = new DataView(bytes.buffer).getUint32(17);
  if (counter > COUNTER_MAX) return undefined;
  for (const masterKey of masterKeys) {
    const key = await deriveSessionKey(masterKey, id);
    if (await crypto.subtle.verify('HMAC', key, bytes.slice(MAC_AT), bytes.slice(0, MAC_AT)))
      return { sessionId: PREFIX + id.toHex(), counter };
  }
  return undefined;
}

/** Tells whether a text has the shape of a refresh token. Does NOT tell whether it is one. */
export function hasRefreshTokenShape(text: string): boolean {
  return SHAPE.test(text);
}

function decode(token: string): Uint8Array<ArrayBuffer> | undefined {
  if (!hasRefreshTokenShape(token)) return undefined;
  const bytes = Uint8Array.fromBase64(token, { alphabet: 'base64url' });
  return bytes.toBase64({ alphabet: 'base64url', omitPadding: true }) === token ? bytes : undefined;
}

/** Each session has its own key. @see RFC 5869 (HKDF) */
function deriveSessionKey(masterKey: CryptoKey, sessionId: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const info = encoder.encode('wardgate refresh token');
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: sessionId, info };
  const hmac = { name: 'HMAC', hash: 'SHA-256', length: 256 };
  return crypto.subtle.deriveKey(derivation, masterKey, hmac, false, ['sign', 'verify']);
}
