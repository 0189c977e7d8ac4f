/**
 * Makes a cache key of parts: each part is prefixed by its length and the whole is hashed with SHA-256, so that no two lists of
 * parts collide by crafted delimiters and the key does not hold a credential. Shape: any string, equal for equal lists only.
 * @see CVE-2021-32701 (Ory Oathkeeper: a cache key that was too small)
 */
export type Fingerprint = (parts: readonly string[]) => string;

/** Joins parts so that different lists never give the same text: each is preceded by its length in UTF-16 units. */
export function lengthPrefixed(parts: readonly string[]): string {
  let joined = '';
  for (const part of parts) joined += `${part.length}:${part}`;
  return joined;
}
