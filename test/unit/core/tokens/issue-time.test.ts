import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIssueTime } from '../../../../src/core/tokens/issue-time.ts';
import { createRevocationIndex } from '../../../../src/gateway/revocation/revocation-index.ts';
import { createId } from '../../../../src/identity/ids.ts';
import { buildPrincipal } from '../../../support/gateway/policies.ts';

const CLIENT = createId('client');
const AT_MS = 1_700_000_000_000;

/** The `iat` of a token that a core issues whose clock says `nowMs`. */
function issuedAt(nowMs: number, revokedAtMs: number | undefined, clientId = CLIENT): Promise<number> {
  const revokedAt = revokedAtMs === undefined ? undefined : new Date(revokedAtMs);
  return createIssueTime({ clientStore: { findRevokedAt: async () => revokedAt }, clock: () => nowMs })(
    clientId,
  );
}

describe('the time of issue of a client’s token', () => {
  it('is now where nothing was revoked, and for who is no registered client', async () => {
    expect(await issuedAt(AT_MS + 999, undefined)).toBe(AT_MS / 1000);
    expect(await issuedAt(AT_MS, AT_MS, 'wardgate')).toBe(AT_MS / 1000);
    expect(await issuedAt(AT_MS + 60_000, AT_MS)).toBe(AT_MS / 1000 + 60);
  });

  it('tells gateways a token from before a revocation from one after, whichever clock is ahead by up to two seconds', async () => {
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
          index.add({ kind: 'client', id: CLIENT, revokedAtMs });
          const isRefused = (iat: number) =>
            index.isRevoked(
              buildPrincipal({ kind: 'client', subject: CLIENT, sessionId: undefined, issuedAt: iat }),
            );
          expect(isRefused(await issuedAt(revokedAtMs - before + skew, undefined))).toBe(true);
          expect(isRefused(await issuedAt(revokedAtMs + after + skew, revokedAtMs))).toBe(false);
        },
      ),
    );
  });
});
