import { ok, type Result, refused } from '../../lib/result.ts';
import { canonicalPath } from './canonical-path.ts';
import { isDotSegment, SLASH, UNCODED_PATH_BYTE } from './path-bytes.ts';

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

// Longer than any address a browser sends, and what Node takes for all of a request's headers.
const TARGET_LENGTH_MAX = 16 * 1024;

const QUESTION_MARK = 0x3f;
const NUMBER_SIGN = 0x23;
const DOT = 0x2e;

const MALFORMED = refused('target_malformed');

/**
 * Reads a raw request target (bytes as Latin-1 characters) in origin-form as the one path and query that everybody behind will read.
 * Whatever two readers could read differently is refused: absolute-form, fragments, encoded `/` `\` `;` `?` `#` `%`, `;`
 * parameters, dot segments in any encoding, controls, raw non-ASCII, malformed percent-encoding and malformed UTF-8. A canonical
 * target comes back as it is. Does NOT resolve dot segments, does NOT fold case, and does NOT read the query: raw controls, spaces, non-ASCII and `#`
 * in it are refused, everything else in it is the upstream's business, also a lone `%`.
 * @see RFC 3986, sections 2.3, 3.3 and 6.2.2; RFC 9112, section 3.2.1; CVE-2026-33494, CVE-2026-42274, CVE-2025-54576
 */
export function canonicalTarget(raw: string): Result<CanonicalTarget, 'target_malformed'> {
  const length = raw.length;
  if (length > TARGET_LENGTH_MAX || raw.charCodeAt(0) !== SLASH) return MALFORMED;

  // Nearly every target is canonical already: one scan that finds nothing to do, and slices.
  let pathEnd = length;
  let rewrite = false;
  let previous = 0;
  for (let index = 0; index < length; index++) {
    const code = raw.charCodeAt(index);
    if (code === QUESTION_MARK) {
      pathEnd = index;
      break;
    }
    if (UNCODED_PATH_BYTE[code] !== 1) {
      if (code !== SLASH || previous === SLASH) rewrite = true;
    } else if (code === DOT && previous === SLASH && isDotSegment(raw, index)) return MALFORMED;
    previous = code;
  }

  if (!isForwardableQuery(raw, pathEnd)) return MALFORMED;
  const asSent = pathEnd === length ? raw : raw.slice(0, pathEnd);
  const path = rewrite ? canonicalPath(asSent) : asSent;
  return path === undefined ? MALFORMED : ok({ path, query: pathEnd === length ? '' : raw.slice(pathEnd) });
}

/** Visible ASCII without `#`: what can stand in a request line after the path without ending or splitting it. */
function isForwardableQuery(raw: string, from: number): boolean {
  for (let index = from; index < raw.length; index++) {
    const code = raw.charCodeAt(index);
    if (code <= 0x20 || code >= 0x7f || code === NUMBER_SIGN) return false;
  }
  return true;
}
