import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  RECORD_BYTES_MAX,
  splitRecords,
  type TextRecord,
} from '../../../../src/entry/user-import/split-records.ts';

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

async function split(content: string | Uint8Array, quoted = true, size = 7): Promise<TextRecord[]> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return Array.fromAsync(splitRecords(chunksOf(bytes, size), { quoted }));
}

describe('records of a text file', () => {
  it.each([
    [
      'LF and CRLF',
      'a\nb\r\nc',
      [
        [1, 'a'],
        [2, 'b'],
        [3, 'c'],
      ],
    ],
    [
      'a byte order mark',
      '\ufeffa\nb\n',
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
    [
      'a byte order mark before a quote',
      '\ufeff"a\nb"\nc\n',
      [
        [1, '"a\nb"'],
        [3, 'c'],
      ],
    ],
    [
      'quoted line breaks',
      'a,"b\r\nc","d\n"\ne\n',
      [
        [1, 'a,"b\r\nc","d\n"'],
        [4, 'e'],
      ],
    ],
    [
      'quotes in quotes',
      '"a""\n""b"\nc',
      [
        [1, '"a""\n""b"'],
        [3, 'c'],
      ],
    ],
    [
      'a quote inside a field',
      'a"b\nc',
      [
        [1, 'a"b'],
        [2, 'c'],
      ],
    ],
    [
      'empty lines',
      'a\n\nb',
      [
        [1, 'a'],
        [2, ''],
        [3, 'b'],
      ],
    ],
    ['an empty file', '', []],
  ] as const)('counts lines over %s', async (_, content, expected) => {
    expect(await split(content)).toEqual(expected.map(([line, text]) => ({ line, text })));
  });

  it('gives the same records however the bytes arrive', async () => {
    const pieces = fc.constantFrom('a', 'é', '"', ',', '\n', '\r\n', '""', '"b"', ',"', '",', '\ufeff');
    await fc.assert(
      fc.asyncProperty(fc.array(pieces), fc.integer({ min: 1, max: 9 }), async (parts, size) => {
        const content = parts.join('');
        expect(await split(content, true, size)).toEqual(await split(content, true, 10_000));
      }),
    );
  });

  it('does not know quotes where there are none', async () => {
    expect(await split('{"a":"\n"b"', false)).toEqual([
      { line: 1, text: '{"a":"' },
      { line: 2, text: '"b"' },
    ]);
  });

  it('goes on after a line that is no text in UTF-8', async () => {
    const bytes = Uint8Array.from([0x61, 0x0a, 0xff, 0x0a, 0x62]);
    expect(await split(bytes)).toEqual([
      { line: 1, text: 'a' },
      { line: 2, fault: 'not_utf8' },
      { line: 3, text: 'b' },
    ]);
  });

  it.each([7, 1_000, 100_000])(
    'goes on after a line that is too long, read %d bytes at a time',
    async (size) => {
      const long = 'x'.repeat(3 * RECORD_BYTES_MAX);
      const fault = { line: 2, fault: 'too_long' };
      expect(await split(`a\n${long}\nb\n`, true, size)).toEqual([
        { line: 1, text: 'a' },
        fault,
        { line: 3, text: 'b' },
      ]);
      expect(await split(`a\n${long}`, true, size)).toEqual([{ line: 1, text: 'a' }, fault]);
      const longest = 'x'.repeat(RECORD_BYTES_MAX);
      expect(await split(`${longest}\n`, true, size)).toEqual([{ line: 1, text: longest }]);
    },
  );

  it('goes on with the next line after a quote that is never closed', async () => {
    const rest = 'b,c\n'.repeat(RECORD_BYTES_MAX);
    const records = await split(`a\n"x\n${rest}`, true, 4_096);
    expect(records.slice(0, 3)).toEqual([
      { line: 1, text: 'a' },
      { line: 2, fault: 'quote_not_closed' },
      { line: 3, text: 'b,c' },
    ]);
    expect(records.at(-1)).toEqual({ line: RECORD_BYTES_MAX + 2, text: 'b,c' });
    expect(await split('a\n"x')).toEqual([
      { line: 1, text: 'a' },
      { line: 2, fault: 'quote_not_closed' },
    ]);
  });
});
