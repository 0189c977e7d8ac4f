import { and, asc, eq, sql } from 'drizzle-orm';
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import type {
  KeyChange,
  SigningKeyListing,
  SigningKeyStore,
  StoredSigningKey,
} from '../../core/keys/signing-key-store.ts';
import { advisoryLocks } from './advisory-locks.ts';
import type { Database } from './database.ts';
import { signingKeys } from './schema/keys.ts';

type Connection = Pick<PostgresJsDatabase, 'execute' | 'select' | 'insert' | 'update'>;

/** Creates the signing keys' store on Postgres. */
export function createPostgresSigningKeyStore(database: Database): SigningKeyStore {
  return {
    list: () => database.query(list),
    change: (decide) =>
      database.query((db) =>
        db.transaction(async (transaction) => {
          await transaction.execute(sql`select pg_advisory_xact_lock(${advisoryLocks.signingKeys})`);
          const listing = await list(transaction);
          const change = await decide(listing);
          if (change === undefined) return listing;
          await apply(transaction, change, listing.now);
          return list(transaction);
        }),
      ),
    replaceSealed: (id, from, to) =>
      database.query(async (db) => {
        const replaced = await db
          .update(signingKeys)
          .set({ sealedPrivateJwk: to })
          .where(and(eq(signingKeys.id, id), eq(signingKeys.sealedPrivateJwk, from)))
          .returning({ id: signingKeys.id });
        return replaced.length > 0;
      }),
  };
}

async function list(db: Connection): Promise<SigningKeyListing> {
  // Not now(): in a transaction that is when it began, before the wait for the lock.
  const [clock] = await db.execute<{ ms: number }>(
    sql`select floor(extract(epoch from clock_timestamp()) * 1000)::float8 as ms`,
  );
  const rows = await db.select().from(signingKeys).orderBy(asc(signingKeys.createdAt), asc(signingKeys.id));
  return { now: new Date(Number(clock?.ms)), keys: rows.map(toKey) };
}

async function apply(db: Connection, { add, times }: KeyChange, now: Date): Promise<void> {
  if (add !== undefined) await db.insert(signingKeys).values({ ...add, createdAt: now });
  for (const { id, signsFrom, publishedUntil, revokedAt } of times)
    await db
      .update(signingKeys)
      .set({ signsFrom, publishedUntil: publishedUntil ?? null, revokedAt: revokedAt ?? null })
      .where(eq(signingKeys.id, id));
}

function toKey(row: typeof signingKeys.$inferSelect): StoredSigningKey {
  return { ...row, publishedUntil: row.publishedUntil ?? undefined, revokedAt: row.revokedAt ?? undefined };
}
