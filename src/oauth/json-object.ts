/** A JSON object as it was parsed: nothing is known of its members. */
export type JsonObject = Readonly<Record<string, unknown>>;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Tells whether a parsed JSON value is an object: not an array, not null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Parses bytes as one JSON object in UTF-8; `undefined` for anything else: invalid UTF-8, a byte order mark, arrays, null. Of members
 * that repeat, the last counts, as RFC 7515, section 4 allows.
 */
export function parseJsonObject(bytes: Uint8Array): JsonObject | undefined {
  try {
    return parseJsonText(utf8.decode(bytes));
  } catch {
    return undefined;
  }
}

/** Parses a text as one JSON object; `undefined` for anything else, as `parseJsonObject` does. */
export function parseJsonText(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Reads the member at a path of names; `undefined` where there is none. Does NOT see inherited members such as `constructor`. */
export function memberAt(object: JsonObject, path: readonly string[]): unknown {
  let value: unknown = object;
  for (const name of path) {
    if (!isJsonObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}
