import { decodeUtf8Octets } from './utf8-octets.ts';

/** A client's id and secret as HTTP Basic carries them, unverified. */
export interface BasicCredential {
  readonly userId: string;
  readonly password: string;
}

const BASIC = /^Basic +([A-Za-z0-9+/]+={0,2})$/i;

/**
 * Reads the value of an `Authorization` field as HTTP Basic; `undefined` for whatever is not exactly that. Does NOT verify it and does NOT undo the
 * form-urlencoding that OAuth puts inside (RFC 6749, section 2.3.1). @see RFC 7617, section 2
 */
export function parseBasicCredential(authorization: string): BasicCredential | undefined {
  const encoded = BASIC.exec(authorization)?.[1];
  const text = encoded && decodeBase64Text(encoded);
  if (text === undefined) return undefined;
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { userId: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** Decodes the base64 of a text in UTF-8; `undefined` for what has another spelling, or is no text. */
function decodeBase64Text(encoded: string): string | undefined {
  try {
    const octets = atob(encoded);
    return btoa(octets) === encoded ? decodeUtf8Octets(octets) : undefined;
  } catch {
    return undefined;
  }
}
