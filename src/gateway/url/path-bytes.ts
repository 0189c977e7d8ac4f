/** The octet of `/`. */
export const SLASH = 0x2f;
const DOT = 0x2e;
const QUESTION_MARK = 0x3f;

/**
 * 1 for each octet that stands for itself in a canonical path, besides `/`: unreserved, sub-delimiters, `:` and `@`, without `;`, which
 * servlet containers read as the beginning of parameters. Index: the octet. @see RFC 3986, section 3.3 (pchar)
 */
export const UNCODED_PATH_BYTE: Uint8Array = bytesOf(
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,=:@",
);

/**
 * 1 for each printable ASCII octet that a canonical path holds percent-encoded only: the characters that are outside of the grammar of a
 * path and have no meaning of their own. Index: the octet.
 */
export const CODED_PATH_BYTE: Uint8Array = bytesOf(' "<>[]^`{|}');

/**
 * Tells whether the segment that begins at an index is `.` or `..`. Reads decoded octets only: a caller decodes `%2e` first.
 * The segment ends at `/`, at `?`, or with the text.
 */
export function isDotSegment(text: string, start: number): boolean {
  if (text.charCodeAt(start) !== DOT) return false;
  const end = text.charCodeAt(start + 1) === DOT ? start + 2 : start + 1;
  if (end >= text.length) return true;
  const code = text.charCodeAt(end);
  return code === SLASH || code === QUESTION_MARK;
}

function bytesOf(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (let index = 0; index < characters.length; index++) table[characters.charCodeAt(index)] = 1;
  return table;
}
