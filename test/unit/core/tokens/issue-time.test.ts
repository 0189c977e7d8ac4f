import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIssueTime } from '../../../../src/core/tokens/issue-time.ts';
import { createRevocationIndex } from '../../../../src/gateway/revocation/revocation-index.ts';
import { createId } from '../../../../src/identity/ids.ts';
import { buildPrincipal } from '../../../support/gateway/policies.ts';

const AT_MS = 1_700_000_000_000;

type Of = 'client' | 'user';

/** The `iat` of a token that a core issues whose clock says `nowMs`. */
function issuedAt(nowMs: number, revokedAtMs: number | undefined, of: Of = 'client'): number {
  const revokedAt = revokedAtMs === undefined ? undefined : new Date(revokedAtMs);
  const issueTime = createIssueTime({ clock: () => nowMs });
  return of === 'client' ? issueTime(revokedAt, undefined) : issueTime(undefined, revokedAt);
}

describe.each<Of>(['client', 'user'])('the time of issue of a token of a %s', (of) => {
  it('is now where nothing was revoked, or long ago', () => {
    expect(issuedAt(AT_MS + 999, undefined, of)).toBe(AT_MS / 1000);
    expect(issuedAt(AT_MS + 60_000, AT_MS, of)).toBe(AT_MS / 1000 + 60);
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
          const index = createRevocationIndex({ clock: () => revokedAtMs, rememberSeconds: 900 });
          index.add({ kind: of, id, revokedAtMs });
          const isRefused = (iat: number) =>
            index.isRevoked(buildPrincipal({ kind: of, subject: id, ...own, issuedAt: iat }));
          expect(isRefused(issuedAt(revokedAtMs - before + skew, undefined, of))).toBe(true);
          expect(isRefused(issuedAt(revokedAtMs + after + skew, revokedAtMs, of))).toBe(false);
        },
      ),
    );
  });
});
