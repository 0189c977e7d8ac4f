import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type NarrowClaims, narrowClaims } from '../../../../src/core/exchange/narrow-claims.ts';
import { subjectKindOf } from '../../../../src/identity/access-token-payload.ts';
import { ACTORS_MAX, actorsOf } from '../../../../src/identity/actor.ts';
import { ownClaims } from '../../../support/tokens/tokens.ts';

const EVERYWHERE = 'clinic';
const NOW = 1_000_000;
const SCOPES = ['a:read', 'a:write', 'b:read', 'c:read'];
const AUDIENCES = [EVERYWHERE, 'alerts', 'patients', 'doctors'];

const someOf = (all: readonly string[]) => fc.uniqueArray(fc.constantFrom(...all));
const anyClient = fc.record({
  id: fc.constantFrom('1', '2', '3').map((digit) => `cli_${digit.repeat(32)}`),
  audience: fc.option(fc.constantFrom(...AUDIENCES), { nil: undefined }),
  audiences: someOf(AUDIENCES),
  scopes: someOf(SCOPES),
});
const anyWish = fc.record({
  audience: fc.constantFrom(...AUDIENCES, 'nobody'),
  scopes: fc.option(someOf(SCOPES), { nil: undefined }),
});
const anyHop = fc.record({
  client: anyClient,
  wanted: anyWish,
  laterSeconds: fc.integer({ max: 600, min: 0 }),
});
const anySubject = fc
  .record({
    scopes: someOf(SCOPES),
    roles: someOf(['doctor', 'nurse', 'patient']),
    livesSeconds: fc.integer({ min: -100, max: 900 }),
  })
  .map(({ scopes, roles, livesSeconds }): NarrowClaims => {
    const claims = { ...ownClaims(NOW), exp: NOW + livesSeconds, scope: scopes.join(' '), roles };
    return claims as unknown as NarrowClaims;
  });

const scopesOf = ({ scope }: NarrowClaims) => scope.split(' ').filter((one) => one !== '');

describe('narrowed claims', () => {
  it('are never wider and never longer, over any chain of clients', () => {
    let exchanged = 0;
    fc.assert(
      fc.property(anySubject, fc.array(anyHop, { minLength: 1, maxLength: 8 }), (first, hops) => {
        let subject = first;
        let now = NOW;
        for (const { client, wanted, laterSeconds } of hops) {
          now += laterSeconds;
          const outcome = narrowClaims(subject, client, wanted, { everywhere: EVERYWHERE, now });
          if (!outcome.ok) continue;
          exchanged += 1;
          const { value: claims } = outcome;
          const { aud: _, client_id: __, act, scope: ___, iat, exp, ...same } = claims;
          expect(subject).toMatchObject(same);
          expect(exp).toBeLessThanOrEqual(Math.min(subject.exp, now + 900));
          expect(exp).toBeGreaterThan(iat);
          expect(iat).toBe(now);
          expect(subject.scope.split(' ')).toEqual(expect.arrayContaining(scopesOf(claims)));
          expect(client.scopes).toEqual(expect.arrayContaining(scopesOf(claims)));
          if (wanted.scopes !== undefined) expect(scopesOf(claims)).toEqual([...wanted.scopes].sort());
          expect(claims.aud).not.toBe(EVERYWHERE);
          expect(client.audiences).toContain(claims.aud);
          expect([EVERYWHERE, client.audience]).toContain(subject.aud);
          expect(actorsOf(act)).toEqual([client.id, ...actorsOf(subject.act)]);
          expect(actorsOf(act).length).toBeLessThanOrEqual(ACTORS_MAX);
          expect(subjectKindOf({ ...claims, jti: 'jti_x' }, EVERYWHERE)).toBe('user');
          subject = claims;
        }
      }),
      { numRuns: 2000 },
    );
    // Otherwise nothing was shown.
    expect(exchanged).toBeGreaterThan(200);
  });
});
