import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPhcString, parsePhcString } from '../../../../src/core/passwords/phc-string.ts';

const SALT = 'c29tZXNhbHRzb21lc2FsdA';
const HASH = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8';
const written = (costs: string, salt = SALT, hash = HASH) => `$argon2id$v=19$${costs}$${salt}$${hash}`;

describe('parsePhcString', () => {
  it('reads back whatever formatPhcString writes', () => {
    const anyHash = fc.record({
      memoryKib: fc.integer({ min: 64, max: 262_144 }),
      passes: fc.integer({ min: 1, max: 16 }),
      parallelism: fc.integer({ min: 1, max: 8 }),
      salt: fc.uint8Array({ minLength: 8, maxLength: 64 }),
      hash: fc.uint8Array({ minLength: 16, maxLength: 64 }),
    });
    fc.assert(
      fc.property(anyHash, (value) => {
        expect(parsePhcString(formatPhcString(value))).toEqual({ ok: true, value });
      }),
    );
  });

  it('reads the costs, the salt and the hash', () => {
    const parsed = parsePhcString(written('m=19456,t=2,p=1'));
    expect(parsed).toMatchObject({ ok: true, value: { memoryKib: 19_456, passes: 2, parallelism: 1 } });
  });

  it.each([
    'm=4194304,t=2,p=1',
    'm=19456,t=1000,p=1',
    'm=19456,t=2,p=64',
    'm=8,t=2,p=2',
    'm=9999999999,t=1,p=1',
  ])('refuses costs that could exhaust the machine or that argon2 forbids: %s', (costs) => {
    expect(parsePhcString(written(costs))).toEqual({ ok: false, reason: 'cost_out_of_bounds' });
  });

  it.each([
    ['another order', written('t=2,m=19456,p=1')],
    ['a leading zero', written('m=019456,t=2,p=1')],
    ['a zero', written('m=19456,t=0,p=1')],
    ['padding', written('m=19456,t=2,p=1', `${SALT}==`)],
    ['base64url', written('m=19456,t=2,p=1', '_-_-_-_-_-_-')],
    ['a second spelling of the last bits', written('m=19456,t=2,p=1', 'c29tZXNhbHRzb21lc2FsdB')],
    ['a length that encodes nothing', written('m=19456,t=2,p=1', 'c29tZXNhbHRzb')],
    ['a short salt', written('m=19456,t=2,p=1', 'AAAA')],
    ['a short hash', written('m=19456,t=2,p=1', SALT, 'AAAA')],
    ['argon2i', written('m=19456,t=2,p=1').replace('argon2id', 'argon2i')],
    ['another version', written('m=19456,t=2,p=1').replace('v=19', 'v=16')],
    ['a line break at the end', `${written('m=19456,t=2,p=1')}\n`],
    ['bcrypt', '$2b$12$abcdefghijklmnopqrstuv'],
    ['nothing', ''],
  ])('refuses %s', (_, text) => {
    expect(parsePhcString(text)).toEqual({ ok: false, reason: 'malformed' });
  });
});
