/**
 * All values of a cookie in the order sent, over all `Cookie` fields of a request. Names are compared exactly (RFC 6265, section 5.4); values
 * are taken as they are, quotes included. A pair without `=` is no cookie of any name.
 */
export function cookieValues(fields: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (const field of fields) {
    // Most requests carry other cookies or none; a search is cheaper than cutting the field up.
    if (!field.includes(name)) continue;
    for (const pair of field.split(';')) {
      const equals = pair.indexOf('=');
      if (equals > 0 && trimBlanks(pair.slice(0, equals)) === name)
        values.push(trimBlanks(pair.slice(equals + 1)));
    }
  }
  return values;
}

/**
 * Takes spaces and tabs from both ends, and nothing else. `trim()` would take U+00A0 as well, and a cookie that a browser knows by a name
 * with one in front does not have the protection of `__Host-`, so that a sibling host could plant it.
 */
function trimBlanks(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '');
}
