import { decodeBase64url } from './base64url.ts';
import { type JsonObject, parseJsonObject } from './json-object.ts';

/** A JWS in compact serialization, decoded. Nothing in it is verified. */
export interface CompactJws {
  readonly header: JsonObject;
  readonly payload: JsonObject;
  /** The text before the last dot, which the signature covers; ASCII. */
  readonly signingInput: string;
  readonly signature: Uint8Array<ArrayBuffer>;
}

/**
 * Tells whether a text has exactly two dots, as a compact JWS has and a JWE has not. Looks at three dots at most and makes no array of
 * parts, so that a text of 100,000 dots costs nothing. @see CVE-2025-27144 (go-jose)
 */
export function hasThreeParts(token: string): boolean {
  const first = token.indexOf('.');
  if (first === -1) return false;
  const second = token.indexOf('.', first + 1);
  return second !== -1 && token.indexOf('.', second + 1) === -1;
}

/**
 * Decodes a JWT in compact form: three parts of canonical base64url, the first two JSON objects. `undefined` for anything else.
 * Does NOT verify the signature and does NOT look at any member. @see RFC 7515, section 7.1; RFC 7519, section 7.2
 */
export function readCompactJws(token: string): CompactJws | undefined {
  if (!hasThreeParts(token)) return undefined;
  const first = token.indexOf('.');
  const second = token.indexOf('.', first + 1);
  const headerBytes = decodeBase64url(token.slice(0, first));
  const header = headerBytes && parseJsonObject(headerBytes);
  if (header === undefined) return undefined;
  const payloadBytes = decodeBase64url(token.slice(first + 1, second));
  const payload = payloadBytes && parseJsonObject(payloadBytes);
  const signature = decodeBase64url(token.slice(second + 1));
  if (payload === undefined || signature === undefined) return undefined;
  return { header, payload, signingInput: token.slice(0, second), signature };
}
