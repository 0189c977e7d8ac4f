import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closeFrame } from '../../../../src/gateway/streams/close-frame.ts';
import { createFrameBorder } from '../../../../src/gateway/streams/frame-border.ts';

interface Frame {
  readonly opcode: number;
  readonly final: boolean;
  readonly masked: boolean;
  /** 7, 16 or 64 bits; more than the length needs is for the other side to refuse, and has one reading here. */
  readonly lengthBits: 7 | 16 | 64;
  readonly payload: Uint8Array;
}

function encode({ opcode, final, masked, lengthBits, payload }: Frame): Uint8Array {
  const { length } = payload;
  const bits = length > 65_535 ? 64 : length > 125 && lengthBits === 7 ? 16 : lengthBits;
  const mask = masked ? 0x80 : 0;
  const extended = bits === 7 ? [] : bits === 16 ? [length >> 8, length & 255] : bytesOf64(length);
  const short = bits === 7 ? length : bits === 16 ? 126 : 127;
  return new Uint8Array([
    (final ? 0x80 : 0) | opcode,
    mask | short,
    ...extended,
    ...(masked ? [1, 2, 3, 4] : []),
    ...payload,
  ]);
}

function bytesOf64(length: number): number[] {
  return [...new Uint8Array(new DataView(new ArrayBuffer(8)).buffer)].map((_, index) =>
    Number((BigInt(length) >> BigInt(8 * (7 - index))) & 0xffn),
  );
}

// Text, binary, continuation, ping, pong; payloads with bytes that look like headers.
const payload = fc.oneof(
  fc.uint8Array({ maxLength: 140 }),
  fc.integer({ min: 124, max: 70_000 }).map((length) => new Uint8Array(length).fill(0x88)),
);
const frame: fc.Arbitrary<Frame> = fc.record({
  opcode: fc.constantFrom(0, 1, 2, 9, 10),
  final: fc.boolean(),
  masked: fc.boolean(),
  lengthBits: fc.constantFrom(7 as const, 16 as const, 64 as const),
  payload,
});

describe('a direction of a WebSocket', () => {
  it('is between two frames where one ended, and nowhere else, however it is cut', () => {
    const cases = fc.tuple(
      fc.array(frame, { maxLength: 6 }),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }),
    );
    fc.assert(
      fc.property(cases, ([frames, cuts]) => {
        const encoded = frames.map(encode);
        const bytes = Buffer.concat(encoded);
        const ends = new Set([0]);
        let end = 0;
        for (const { length } of encoded) {
          end += length;
          ends.add(end);
        }
        const places = [...cuts.map((cut) => Math.floor(cut * bytes.length)), bytes.length].sort(
          (left, right) => left - right,
        );

        const border = createFrameBorder();
        let from = 0;
        for (const to of places) {
          border.pass(bytes.subarray(from, to));
          from = to;
          expect(border.between).toBe(ends.has(to));
          expect(border.closed).toBe(false);
        }
      }),
    );
  });

  it('tells how much of a chunk belongs to the frame that it is in', () => {
    fc.assert(
      fc.property(frame, frame, fc.double({ min: 0, max: 1, noNaN: true }), (first, second, cut) => {
        const whole = encode(first);
        const inside = 1 + Math.floor(cut * (whole.length - 1));
        const border = createFrameBorder();
        border.pass(whole.subarray(0, inside));
        const rest = Buffer.concat([whole.subarray(inside), encode(second)]);
        if (inside === whole.length) return;

        expect(border.passToBorder(rest)).toBe(whole.length - inside);
        expect(border.between).toBe(true);
      }),
    );
  });

  it('is closed once a Close frame has passed as a whole, masked or not', () => {
    for (const frame of [closeFrame(4401, 'x'), closeFrame(4401, 'x', new Uint8Array([1, 2, 3, 4]))]) {
      const border = createFrameBorder();
      border.pass(frame.subarray(0, frame.length - 1));
      expect(border.closed).toBe(false);
      border.pass(frame.subarray(frame.length - 1));
      expect(border).toMatchObject({ closed: true, between: true });
    }
  });

  it('never ends in a frame of 2^63 bytes', () => {
    const border = createFrameBorder();
    border.pass(new Uint8Array([0x82, 127, 0x7f, 255, 255, 255, 255, 255, 255, 255]));
    border.pass(new Uint8Array(100_000));
    expect(border.between).toBe(false);
  });
});

describe('a Close frame', () => {
  it('is written plainly to clients and masked to servers', () => {
    expect([...closeFrame(1001, 'a')]).toEqual([0x88, 3, 0x03, 0xe9, 0x61]);
    const mask = new Uint8Array([1, 2, 3, 4]);
    expect([...closeFrame(1001, 'a', mask)]).toEqual([0x88, 0x83, 1, 2, 3, 4, 0x02, 0xeb, 0x62]);
  });

  it('has a reason of at most 123 bytes', () => {
    expect(closeFrame(1001, 'a'.repeat(123))).toHaveLength(127);
    expect(() => closeFrame(1001, `${'a'.repeat(122)}ä`)).toThrow(RangeError);
  });
});
