import fc from 'fast-check';
import { expect, it } from 'vitest';
import { publicJwkOf } from '../../../../src/core/keys/public-key-set.ts';

const PUBLIC = ['alg', 'crv', 'e', 'kid', 'kty', 'n', 'use', 'x', 'y'];
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'x5c', 'x5u', 'key_ops', '__proto__'];

it('shows public members alone, whatever else a stored text holds', () => {
  const member = fc.oneof(fc.constantFrom(...PRIVATE, ...PUBLIC), fc.string());
  const value = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.array(fc.string()));
  const jwk = fc.record({
    kty: fc.constantFrom('RSA', 'EC', 'OKP', 'oct', 'constructor'),
    more: fc.array(fc.tuple(member, value)),
  });
  fc.assert(
    fc.property(jwk, ({ kty, more }) => {
      const needed = { kty, n: 'n', e: 'e', crv: 'c', x: 'x', y: 'y' };
      const publicJwk = JSON.stringify({ ...Object.fromEntries(more), ...needed });
      const shown = publicJwkOf({ id: 'key_1', algorithm: 'RS256', publicJwk });
      expect(shown === undefined).toBe(!['RSA', 'EC', 'OKP'].includes(kty));
      for (const [name, text] of Object.entries(shown ?? {})) {
        expect(PUBLIC).toContain(name);
        expect(typeof text).toBe('string');
      }
    }),
  );
});
