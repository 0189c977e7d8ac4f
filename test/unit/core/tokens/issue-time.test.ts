import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIssueTime, type TokenOwner } from '../../../../src/core/tokens/issue-time.ts';
import { createRevocationIndex } from '../../../../src/gateway/revocation/revocation-index.ts';
import { createId } from '../../../../src/identity/ids.ts';
import { buildPrincipal } from '../../../support/gateway/policies.ts';

const AT_MS = 1_700_000_000_000;

type Of = 'client' | 'user';

/** What a token says that a core issues whose clock says `nowMs`. */
function issued(nowMs: number, ...owners: TokenOwner[]) {
  return createIssueTime({ issueClock: () => nowMs })(...owners);
}

const at = (ms: number) => new Date(ms);

describe.each<Of>(['client', 'user'])('the time of issue of a token of a %s', (of) => {
  it('is now, and says nothing of revocations where there was none, or long ago', () => {
    expect(issued(AT_MS + 999, { id: 'cli_1' })).toEqual({ iat: AT_MS / 1000 });
    expect(issued(AT_MS + 60_000, { id: 'cli_1', revokedAt: at(AT_MS) })).toEqual({ iat: AT_MS / 1000 + 60 });
  });

  it('tells gateways a token from before a revocation from one after, whichever clock is ahead by up to two seconds', () => {
    const id = createId(of);
    const own = of === 'client' ? { sessionId: undefined } : {};
    const ms = (max: number) => fc.integer({ min: 0, max });
    fc.assert(
      fc.property(
        ms(999),
        fc.integer({ min: -2000, max: 2000 }),
        ms(60_000),
        ms(60_000),
        (within, skew, before, after) => {
          const revokedAtMs = AT_MS + within;
          const index = createRevocationIndex({ elapsed: () => revokedAtMs, rememberSeconds: 900 });
          index.add({ kind: of, id, revokedAtMs });
          const isRefused = ({ iat, ...claims }: ReturnType<typeof issued>) =>
            index.isRevoked(buildPrincipal({ kind: of, subject: id, ...own, issuedAt: iat, claims }));
          expect(isRefused(issued(revokedAtMs - before + skew, { id }))).toBe(true);
          const next = issued(revokedAtMs + after + skew, { id, revokedAt: at(revokedAtMs) });
          expect(isRefused(next)).toBe(false);
          index.add({ kind: of, id, revokedAtMs: revokedAtMs + after + 1000 + Math.max(0, skew) });
          expect(isRefused(next)).toBe(true);
        },
      ),
    );
  });
});

it('lets a token that was issued right after the revocation of one end with that of the other, be it in the same second', () => {
  const [user, client] = [createId('user'), createId('client')];
  fc.assert(
    fc.property(
      fc.constantFrom<[Of, Of]>(['user', 'client'], ['client', 'user']),
      fc.integer({ min: 0, max: 5000 }),
      fc.integer({ min: 0, max: 3000 }),
      fc.integer({ min: 0, max: 3000 }),
      ([first, second], ahead, later, latest) => {
        const idOf = { user, client };
        const index = createRevocationIndex({ elapsed: () => AT_MS, rememberSeconds: 900 });
        const firstAtMs = AT_MS + ahead;
        index.add({ kind: first, id: idOf[first], revokedAtMs: firstAtMs });
        const { iat, ...claims } = issued(
          AT_MS + later,
          { id: idOf[first], revokedAt: at(firstAtMs) },
          { id: idOf[second] },
        );
        const token = buildPrincipal({
          subject: user,
          issuedAt: iat,
          claims: { ...claims, client_id: client },
        });
        expect(index.isRevoked(token)).toBe(false);
        index.add({ kind: second, id: idOf[second], revokedAtMs: AT_MS + later + latest });
        expect(index.isRevoked(token)).toBe(true);
      },
    ),
  );
});
