/** A client's id and secret as HTTP Basic carries them, unverified. */
export interface BasicCredential {
  readonly userId: string;
  readonly password: string;
}

const BASIC = /^Basic +([A-Za-z0-9+/]+={0,2})$/i;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads the value of an `Authorization` field as HTTP Basic; `undefined` for whatever is not exactly that. Does NOT verify it and does NOT undo the
 * form-urlencoding that OAuth puts inside (RFC 6749, section 2.3.1). @see RFC 7617, section 2
 */
export function parseBasicCredential(authorization: string): BasicCredential | undefined {
  const encoded = BASIC.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  try {
    const bytes = Uint8Array.fromBase64(encoded, { lastChunkHandling: 'strict' });
    const text = decoder.decode(bytes);
    const colon = text.indexOf(':');
    return colon < 0 ? undefined : { userId: text.slice(0, colon), password: text.slice(colon + 1) };
  } catch {
    return undefined;
  }
}
