const ID_BYTES = 16;
const PREFIXES = {
  user: 'usr',
  session: 'ses',
  client: 'cli',
  api_key: 'apk',
  key: 'key',
  refresh_key: 'rfk',
  token: 'jti',
  audit_event: 'evt',
} as const;

/** The kinds of things that have an id of ours. */
export type IdKind = keyof typeof PREFIXES;

/** Makes a random id with its kind's prefix: `usr_` and 32 hexadecimal digits (128 bits). */
export function createId(kind: IdKind): string {
  const bytes = crypto.getRandomValues(new Uint8Array(ID_BYTES));
  return `${PREFIXES[kind]}_${bytes.toHex()}`;
}

/** The shape of the ids of that kind, as the text of a regular expression. */
export function idPattern(kind: IdKind): string {
  return `^${PREFIXES[kind]}_[0-9a-f]{${2 * ID_BYTES}}$`;
}

/** Tells whether a text is an id of that kind. Does NOT tell whether the thing exists. */
export function isId(kind: IdKind, text: string): boolean {
  const prefix = PREFIXES[kind];
  return (
    text.length === prefix.length + 1 + 2 * ID_BYTES &&
    text.startsWith(`${prefix}_`) &&
    /^[0-9a-f]+$/.test(text.slice(prefix.length + 1))
  );
}

// In any case: a service behind us may compare ids without regard to it.
const SUBJECT = /^(?:usr|cli|apk)_/i;

/** Tells whether a text begins like a subject of ours (a user, a client or an API key): what no other issuer may vouch for. */
export function hasSubjectShape(text: string): boolean {
  return SUBJECT.test(text);
}

/** Tells whether a text begins like an id of any kind of ours, in either case: what no name may do that stands where ids stand. */
export function hasIdShape(text: string): boolean {
  const lower = text.toLowerCase();
  return Object.values(PREFIXES).some((prefix) => lower.startsWith(`${prefix}_`));
}
