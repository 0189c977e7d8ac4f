/**
 * The field names that a `Connection` field nominates, in lower case, added to `tokens`. They belong to one connection and are not
 * forwarded. @see RFC 9110, section 7.6.1
 */
export function addConnectionTokens(value: string, tokens: Set<string>): void {
  for (const token of value.split(',')) tokens.add(token.trim().toLowerCase());
}

/** A copy of header fields (name, value, …) without those of the given lower-case names. */
export function withoutFields(fields: readonly string[], lowerCaseNames: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] ?? '';
    if (!lowerCaseNames.has(name.toLowerCase())) kept.push(name, fields[index + 1] ?? '');
  }
  return kept;
}
