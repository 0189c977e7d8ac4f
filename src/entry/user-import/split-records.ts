/** A record of a text file, and the number of the line where it begins. */
export type TextRecord = { readonly line: number } & (
  | { readonly text: string }
  | { readonly fault: 'too_long' | 'not_utf8' | 'quote_not_closed' }
);

/** The most bytes of a record: several times what a user's takes. */
export const RECORD_BYTES_MAX = 16 * 1024;

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/**
 * Splits bytes into records: lines, or with `quoted` records of CSV, whose quoted fields may hold line breaks. Takes LF and CRLF, and a byte order mark
 * in front. Holds one record at most, however long the file is; what is no record costs that line alone: after a quote that is never closed
 * it goes on with the next line. Does NOT look into records. @see RFC 4180, section 2
 */
export async function* splitRecords(
  chunks: AsyncIterable<Uint8Array>,
  { quoted }: { readonly quoted: boolean },
): AsyncGenerator<TextRecord> {
  let buffer: Buffer = Buffer.alloc(0);
  let line = 1;
  let isInsideTooLong = false;

  function* take(isEnd: boolean): Generator<TextRecord> {
    let from = 0;
    while (from < buffer.length) {
      const lineEnd = indexOrLength(buffer, NEWLINE, from);
      if (isInsideTooLong) {
        isInsideTooLong = lineEnd === buffer.length;
        from = lineEnd + 1;
        if (!isInsideTooLong) line += 1;
        continue;
      }
      const start = line === 1 ? from + markLength(buffer.subarray(from)) : from;
      const end = quoted ? findQuotedEnd(buffer, start, isEnd) : lineEnd;
      if (end !== undefined && (end < buffer.length || isEnd) && end - from <= RECORD_BYTES_MAX) {
        yield { line, ...decode(buffer.subarray(start, end)) };
        line += countNewlines(buffer.subarray(from, end)) + 1;
        from = end + 1;
      } else if (!isEnd && buffer.length - from <= RECORD_BYTES_MAX) {
        break;
      } else {
        const isLineShort = lineEnd - from <= RECORD_BYTES_MAX;
        yield { line, fault: isLineShort ? 'quote_not_closed' : 'too_long' };
        isInsideTooLong = lineEnd === buffer.length && !isEnd;
        from = lineEnd + 1;
        if (!isInsideTooLong) line += 1;
      }
    }
    buffer = buffer.subarray(Math.min(from, buffer.length));
  }

  for await (const chunk of chunks) {
    buffer = Buffer.concat([buffer, chunk]);
    yield* take(false);
  }
  yield* take(true);
}

function indexOrLength(bytes: Buffer, byte: number, from: number): number {
  const index = bytes.indexOf(byte, from);
  return index === -1 ? bytes.length : index;
}

function markLength(bytes: Buffer): number {
  return BYTE_ORDER_MARK.every((byte, index) => bytes[index] === byte) ? BYTE_ORDER_MARK.length : 0;
}

/** Where the record ends that begins there: at a line break outside of quotes; `undefined` where a quote is open at the end of what is known. */
function findQuotedEnd(bytes: Buffer, from: number, isEnd: boolean): number | undefined {
  const to = Math.min(bytes.length, from + RECORD_BYTES_MAX + 1);
  let isInQuotes = false;
  let isFieldStart = true;
  for (let index = from; index < to; index += 1) {
    const byte = bytes[index];
    if (isInQuotes) {
      if (byte !== QUOTE) continue;
      if (bytes[index + 1] === QUOTE) index += 1;
      else isInQuotes = false;
    } else if (byte === NEWLINE) {
      return index;
    } else {
      isInQuotes = byte === QUOTE && isFieldStart;
      isFieldStart = byte === COMMA;
    }
  }
  return isEnd && !isInQuotes && to === bytes.length ? to : undefined;
}

function decode(bytes: Buffer): { text: string } | { fault: 'not_utf8' } {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return { text: text.endsWith('\r') ? text.slice(0, -1) : text };
  } catch {
    return { fault: 'not_utf8' };
  }
}

function countNewlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}
