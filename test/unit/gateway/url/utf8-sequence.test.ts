import { expect, it } from 'vitest';
import { utf8SequenceLength } from '../../../../src/gateway/url/utf8-sequence.ts';

it('agrees with a strict decoder on every first and second octet, C1 controls aside', () => {
  const disagreements: string[] = [];
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  for (let first = 0x80; first < 0x100; first++) {
    for (let second = 0; second < 0x100; second++) {
      const octets = [first, second, 0x80, 0x80];
      const length = utf8SequenceLength((offset) => octets[offset]);
      const expected = [2, 3, 4].find((count) => {
        try {
          return [...decoder.decode(Uint8Array.from(octets.slice(0, count)))].length === 1;
        } catch {
          return false;
        }
      });
      const isC1 = first === 0xc2 && second < 0xa0;
      if (length !== (isC1 ? undefined : expected))
        disagreements.push(`${first.toString(16)} ${second.toString(16)}: ${length}`);
    }
  }
  expect(disagreements).toEqual([]);
});

it('refuses a sequence that is cut short at any place', () => {
  const octets = [0xf0, 0x9f, 0xa9, 0xba];
  expect(utf8SequenceLength((offset) => octets[offset])).toBe(4);
  for (let kept = 1; kept < 4; kept++)
    expect(utf8SequenceLength((offset) => octets.slice(0, kept)[offset])).toBeUndefined();
});
