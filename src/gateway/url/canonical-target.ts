/**
 * A request target with one reading: the path in canonical form, the query as it came. Made by `canonicalTarget()` alone;
 * this very form is matched, logged and forwarded.
 */
export interface CanonicalTarget {
  /** Begins with `/`; unreserved and sub-delimiter octets decoded, all others percent-encoded in upper-case hexadecimal, `//` merged. */
  readonly path: string;
  /** The query with its `?`, or empty. Never interpreted. */
  readonly query: string;
}
