import { and, eq, gt, sql } from 'drizzle-orm';
import type { OneTimePurpose, OneTimeTokenStore } from '../../core/links/one-time-token-store.ts';
import type { Database } from './database.ts';
import { oneTimeTokens } from './schema/users.ts';

const facts = { userId: oneTimeTokens.userId, email: oneTimeTokens.email };

/** Creates the one-time tokens' store on Postgres. Every time is the database's clock. */
export function createPostgresOneTimeTokenStore(database: Database): OneTimeTokenStore {
  const isGood = (tokenHash: Uint8Array, purpose: OneTimePurpose) =>
    and(
      eq(oneTimeTokens.tokenHash, tokenHash),
      eq(oneTimeTokens.purpose, purpose),
      gt(oneTimeTokens.expiresAt, sql`now()`),
    );

  return {
    async issue({ userId, purpose, email, tokenHash, lifetimeSeconds }) {
      const expiresAt = sql`now() + make_interval(secs => ${lifetimeSeconds})`;
      const kept = { email, tokenHash, createdAt: sql`now()`, expiresAt };
      await database.query((db) =>
        db
          .insert(oneTimeTokens)
          .values({ userId, purpose, ...kept })
          .onConflictDoUpdate({ target: [oneTimeTokens.userId, oneTimeTokens.purpose], set: kept }),
      );
    },
    async find(tokenHash, purpose) {
      const [row] = await database.query((db) =>
        db.select(facts).from(oneTimeTokens).where(isGood(tokenHash, purpose)),
      );
      return row;
    },
    async redeem(tokenHash, purpose) {
      const [row] = await database.query((db) =>
        db.delete(oneTimeTokens).where(isGood(tokenHash, purpose)).returning(facts),
      );
      return row;
    },
    async revokeAll(userId) {
      await database.query((db) => db.delete(oneTimeTokens).where(eq(oneTimeTokens.userId, userId)));
    },
  };
}
