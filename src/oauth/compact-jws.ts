import { createRecentMemory } from '../lib/recent-memory.ts';
import { decodeBase64url, decodeBase64urlOctets } from './base64url.ts';
import { type JsonObject, parseJsonText } from './json-object.ts';
import { decodeUtf8Octets } from './utf8-octets.ts';

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
  const header = readHeader(token.slice(0, first));
  if (header === undefined) return undefined;
  const payload = readObject(token.slice(first + 1, second));
  const signature = decodeBase64url(token.slice(second + 1));
  if (payload === undefined || signature === undefined) return undefined;
  return { header, payload, signingInput: token.slice(0, second), signature };
}

// Tokens of one key have one header as a rule, which then is read once. Others are longer than these, or come and go.
const HEADER_LENGTH_MAX = 256;
const headers = createRecentMemory<JsonObject>(64);

function readHeader(text: string): JsonObject | undefined {
  const known = headers.get(text);
  if (known !== undefined) return known;
  const header = readObject(text);
  if (header !== undefined && text.length <= HEADER_LENGTH_MAX) headers.set(text, Object.freeze(header));
  return header;
}

function readObject(text: string): JsonObject | undefined {
  const octets = decodeBase64urlOctets(text);
  const json = octets === undefined ? undefined : decodeUtf8Octets(octets);
  return json === undefined ? undefined : parseJsonText(json);
}
