import { CODED_PATH_BYTE, isDotSegment, SLASH, UNCODED_PATH_BYTE } from './path-bytes.ts';
import { utf8SequenceLength } from './utf8-sequence.ts';

const PERCENT = 0x25;
const SPACE = 0x20;
const HEX = '0123456789ABCDEF';

/**
 * Rewrites a raw path (beginning with `/`, without query) in canonical form; `undefined` where it has no single reading. The slow
 * half of `canonicalTarget()`, which alone calls it. Does NOT resolve dot segments: it refuses them.
 */
export function canonicalPath(raw: string): string | undefined {
  let path = '';
  // Kept beside the path, as reading the end of a string that is being put together costs a copy of it.
  let afterSlash = false;
  for (let index = 0; index < raw.length; ) {
    const code = raw.charCodeAt(index);
    if (code === PERCENT) {
      const octets = encodedOctets(raw, index);
      if (octets === undefined) return undefined;
      path += octets.text;
      index += octets.width;
      afterSlash = false;
    } else if (code === SLASH) {
      if (!afterSlash) path += '/';
      index += 1;
      afterSlash = true;
    } else {
      // A raw space would end the target in the request line; only `%20` is one.
      const written = code === SPACE ? undefined : canonicalOctet(code);
      if (written === undefined) return undefined;
      path += written;
      index += 1;
      afterSlash = false;
    }
  }
  return holdsDotSegment(path) ? undefined : path;
}

/** The canonical writing of the percent-encoded character at an index, and how much of the raw text it takes. */
function encodedOctets(raw: string, index: number): { text: string; width: number } | undefined {
  const first = encodedOctet(raw, index);
  if (first === undefined) return undefined;
  if (first < 0x80) {
    const text = canonicalOctet(first);
    return text === undefined ? undefined : { text, width: 3 };
  }
  // A character of several octets is encoded whole: a raw octet in between would already be refused by itself.
  const length = utf8SequenceLength((offset) => encodedOctet(raw, index + 3 * offset));
  if (length === undefined) return undefined;
  return { text: raw.slice(index, index + 3 * length).toUpperCase(), width: 3 * length };
}

/** The octet that `%XX` at an index stands for; `undefined` where there is no well-formed `%XX`. */
function encodedOctet(raw: string, index: number): number | undefined {
  if (raw.charCodeAt(index) !== PERCENT) return undefined;
  const high = hexValue(raw.charCodeAt(index + 1));
  const low = hexValue(raw.charCodeAt(index + 2));
  return high === undefined || low === undefined ? undefined : high * 16 + low;
}

function hexValue(code: number): number | undefined {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : undefined;
}

/** How an ASCII octet is written in a canonical path, raw or encoded alike; `undefined` for those that have two readings. */
function canonicalOctet(code: number): string | undefined {
  if (UNCODED_PATH_BYTE[code] === 1) return String.fromCharCode(code);
  return CODED_PATH_BYTE[code] === 1 ? `%${HEX[code >> 4]}${HEX[code & 15]}` : undefined;
}

function holdsDotSegment(path: string): boolean {
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
    if (isDotSegment(path, slash + 1)) return true;
  }
  return false;
}
