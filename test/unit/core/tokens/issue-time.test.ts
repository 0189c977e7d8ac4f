import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIssueTime } from '../../../../src/core/tokens/issue-time.ts';
import { createRevocationIndex } from '../../../../src/gateway/revocation/revocation-index.ts';
import { createId } from '../../../../src/identity/ids.ts';
import { buildPrincipal } from '../../../support/gateway/policies.ts';

const CLIENT = createId('client');
const AT_MS = 1_700_000_000_000;

type Of = 'client' | 'user';

/** The `iat` of a token that a core issues whose clock says `nowMs`. */
function issuedAt(nowMs: number, revokedAtMs: number | undefined, of: Of = 'client'): Promise<number> {
  const revokedAt = revokedAtMs === undefined ? undefined : new Date(revokedAtMs);
  const clientStore = { findRevokedAt: async () => (of === 'client' ? revokedAt : undefined) };
  const issueTime = createIssueTime({ clientStore, clock: () => nowMs });
  return of === 'client' ? issueTime(CLIENT) : issueTime('wardgate', revokedAt);
}

describe.each<Of>(['client', 'user'])('the time of issue of a token of a %s', (of) => {
  it('is now where nothing was revoked, or long ago', async () => {
    expect(await issuedAt(AT_MS + 999, undefined, of)).toBe(AT_MS / 1000);
    expect(await issuedAt(AT_MS + 60_000, AT_MS, of)).toBe(AT_MS / 1000 + 60);
  });

  it('tells gateways a token from before a revocation from one after, whichever clock is ahead by up to two seconds', async () => {
    const id = createId(of);
    const own = of === 'client' ? { sessionId: undefined } : {};
    const ms = (max: number) => fc.integer({ min: 0, max });
    await fc.assert(
      fc.asyncProperty(
        ms(999),
        fc.integer({ min: -2000, max: 2000 }),
        ms(60_000),
        ms(60_000),
        async (within, skew, before, after) => {
          const revokedAtMs = AT_MS + within;
          const index = createRevocationIndex({ clock: () => revokedAtMs, rememberSeconds: 900 });
          index.add({ kind: of, id, revokedAtMs });
          const isRefused = (iat: number) =>
            index.isRevoked(buildPrincipal({ kind: of, subject: id, ...own, issuedAt: iat }));
          expect(isRefused(await issuedAt(revokedAtMs - before + skew, undefined, of))).toBe(true);
          expect(isRefused(await issuedAt(revokedAtMs + after + skew, revokedAtMs, of))).toBe(false);
        },
      ),
    );
  });
});

it('asks nothing about who is no registered client', async () => {
  const findRevokedAt = () => Promise.reject(new Error('asked'));
  const issueTime = createIssueTime({ clientStore: { findRevokedAt }, clock: () => AT_MS });
  expect(await issueTime('wardgate')).toBe(AT_MS / 1000);
});
