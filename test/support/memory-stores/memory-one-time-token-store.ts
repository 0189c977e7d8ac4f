import type {
  NewOneTimeToken,
  OneTimePurpose,
  OneTimeTokenStore,
} from '../../../src/core/links/one-time-token-store.ts';
import type { Clock } from '../../../src/lib/durations.ts';

interface TokenRow extends NewOneTimeToken {
  readonly expiresAtMs: number;
}

/** Creates the one-time tokens' store in memory, at the test's clock. */
export function createMemoryOneTimeTokenStore(clock: Clock): OneTimeTokenStore {
  const rows = new Map<string, TokenRow>();
  const keyOf = ({ userId, purpose }: NewOneTimeToken) => `${userId} ${purpose}`;
  const good = (tokenHash: Uint8Array, purpose: OneTimePurpose) =>
    [...rows.values()].find(
      (row) =>
        row.purpose === purpose && row.tokenHash.toHex() === tokenHash.toHex() && row.expiresAtMs > clock(),
    );
  const factsOf = (row: TokenRow | undefined) => row && { userId: row.userId, email: row.email };

  return {
    async issue(token) {
      rows.set(keyOf(token), { ...token, expiresAtMs: clock() + token.lifetimeSeconds * 1000 });
    },
    find: async (tokenHash, purpose) => factsOf(good(tokenHash, purpose)),
    async redeem(tokenHash, purpose) {
      const row = good(tokenHash, purpose);
      if (row !== undefined) rows.delete(keyOf(row));
      return factsOf(row);
    },
    async revokeAll(userId) {
      for (const [key, row] of rows) if (row.userId === userId) rows.delete(key);
    },
  };
}
