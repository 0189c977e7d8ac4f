import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalTarget } from '../../../../src/gateway/url/canonical-target.ts';

const RUNS = { numRuns: 2000 };

// Pieces that mean something to somebody, so that random targets come close to every rule.
const piece = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('/', '.', '..', '%2e', '%2E', '//', '%2f', '%5C', '\\', ';', '?', '#', '%'),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'a',
      'B',
      '0',
      '~',
      ':',
      '@',
      '{',
      '|',
      ' ',
      '%20',
      '%7b',
      '%61',
      '%25',
      '%C3%B6',
      '%c3',
    ),
  },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) },
  {
    weight: 2,
    arbitrary: fc.integer({ min: 0, max: 255 }).map((code) => `%${code.toString(16).padStart(2, '0')}`),
  },
);
const rawTarget = fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join('')}`);
const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 8 });

describe('canonicalTarget over arbitrary octets', () => {
  it('takes its own output as it is', () => {
    fc.assert(
      fc.property(rawTarget, (raw) => {
        const target = canonicalTarget(raw);
        if (!target.ok) return;
        expect(canonicalTarget(target.value.path + target.value.query)).toEqual(target);
      }),
      RUNS,
    );
  });

  it('never gives a segment that decodes to a separator, a dot segment, a control or nothing at all', () => {
    fc.assert(
      fc.property(rawTarget, (raw) => {
        const target = canonicalTarget(raw);
        if (!target.ok) return;
        const segments = target.value.path.slice(1).split('/');
        for (const [index, segment] of segments.entries()) {
          const decoded = decodeURIComponent(segment);
          expect(decoded).not.toMatch(/[/\\;?#%\p{Cc}]/u);
          expect(['.', '..']).not.toContain(decoded);
          if (index < segments.length - 1) expect(segment).not.toBe('');
        }
      }),
      RUNS,
    );
  });

  it('gives a path that the URL standard reads as it is', () => {
    fc.assert(
      fc.property(rawTarget, (raw) => {
        const target = canonicalTarget(raw);
        if (!target.ok) return;
        expect(new URL(`http://host${target.value.path}`).pathname).toBe(target.value.path);
      }),
      RUNS,
    );
  });

  it('changes nothing that a reader of percent-encoding would see, besides runs of slashes', () => {
    fc.assert(
      fc.property(rawTarget, (raw) => {
        const target = canonicalTarget(raw);
        if (!target.ok) return;
        const [path = ''] = raw.split('?');
        expect(decodeURIComponent(target.value.path)).toBe(decodeURIComponent(path.replace(/\/+/g, '/')));
        expect(target.value.query).toBe(raw.slice(path.length));
      }),
      RUNS,
    );
  });

  it('reads every way of encoding the same text alike', () => {
    const octets = (value: string): string[] =>
      [...new TextEncoder().encode(value)].map((octet) => octet.toString(16).padStart(2, '0'));
    fc.assert(
      fc.property(text, (value) => {
        fc.pre(value.isWellFormed() && !/^\.{1,2}$|[/\\;?#%\p{Cc}]/u.test(value));
        const lower = canonicalTarget(
          `/${octets(value)
            .map((hex) => `%${hex}`)
            .join('')}`,
        );
        const upper = canonicalTarget(
          `/${octets(value)
            .map((hex) => `%${hex.toUpperCase()}`)
            .join('')}`,
        );
        const usual = canonicalTarget(`/${encodeURIComponent(value)}`);
        expect(usual.ok).toBe(true);
        expect(lower).toEqual(usual);
        expect(upper).toEqual(usual);
      }),
      RUNS,
    );
  });

  it('takes exactly the UTF-8 that a strict decoder takes', () => {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const isStrictUtf8 = (octets: Uint8Array): boolean => {
      try {
        return !/\p{Cc}/u.test(decoder.decode(octets));
      } catch {
        return false;
      }
    };
    const highOctets = fc.uint8Array({ minLength: 1, maxLength: 5, min: 0x80 });
    fc.assert(
      fc.property(highOctets, (octets) => {
        const target = canonicalTarget(`/${[...octets].map((octet) => `%${octet.toString(16)}`).join('')}`);
        expect(target.ok).toBe(isStrictUtf8(octets));
      }),
      { numRuns: 5000 },
    );
  });
});
