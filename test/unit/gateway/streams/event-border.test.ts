import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEventBorder } from '../../../../src/gateway/streams/event-border.ts';
import { lastEvent } from '../../../../src/gateway/streams/stream-end.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Whether the last line of a text is a blank one, by a reading of its own: whole lines, split by the standard's rule. */
function endsWithBlankLine(text: string): boolean {
  if (text === '') return true;
  const lines = text.split(/\r\n|\n|\r/);
  return lines.at(-1) === '' && (lines.length === 2 ? lines[0] === '' : lines.at(-2) === '');
}

describe('a stream of events', () => {
  it('is between two events after a blank line, and nowhere else, however it is cut', () => {
    const texts = fc.array(fc.constantFrom('data: x', ':', '\n', '\r', '\r\n', '\n\n', '\r\n\r\n', 'ä'), {
      maxLength: 14,
    });
    fc.assert(
      fc.property(texts, fc.array(fc.nat(40), { maxLength: 6 }), (parts, cuts) => {
        const bytes = bytesOf(parts.join(''));
        const places = [...cuts.filter((cut) => cut < bytes.length), bytes.length].sort((a, b) => a - b);
        const border = createEventBorder();
        let from = 0;
        for (const to of places) {
          border.pass(bytes.subarray(from, to));
          from = to;
          expect(border.between).toBe(
            endsWithBlankLine(new TextDecoder().decode(bytes.subarray(0, to)).replace(/�/g, 'x')),
          );
        }
      }),
    );
  });

  it.each([
    ['data: a', '\n\ndata: b\n\n', 2],
    ['data: a\n', '\ndata: b\n\n', 1],
    ['data: a\r\n', '\r\ndata: b', 1],
    ['data: a\r', '\n\r\ndata: b', 2],
    ['data: a', 'b\r\rdata', 3],
  ])('that stands at %j ends its event in %j after %i bytes', (before, chunk, expected) => {
    const border = createEventBorder();
    border.pass(bytesOf(before));
    expect(border.findIn(bytesOf(chunk))).toBe(expected);
    expect(border.between).toBe(false);
  });

  it('has no border in a chunk without a blank line', () => {
    const border = createEventBorder();
    border.pass(bytesOf('data: a'));
    expect(border.findIn(bytesOf('b\ndata: c\r\n'))).toBeUndefined();
  });

  it('is read to its last event by a parser of such streams, whatever its lines end with', () => {
    for (const lineEnd of ['\n', '\r\n', '\r']) {
      const events: unknown[] = [];
      const parser = createParser({ onEvent: ({ event, data }) => events.push([event, data]) });
      parser.feed(`data: 1${lineEnd}${lineEnd}${lastEvent('session_revoked')}`);
      expect(events).toEqual([
        [undefined, '1'],
        ['wardgate.end', '{"code":"session_revoked"}'],
      ]);
    }
  });
});
