import { asc, sql } from 'drizzle-orm';
import type { SigningKeyStore } from '../../core/keys/signing-key-store.ts';
import { advisoryLocks } from './advisory-locks.ts';
import type { Database } from './database.ts';
import { signingKeys } from './schema/keys.ts';

/** Creates the signing keys' store on Postgres. */
export function createPostgresSigningKeyStore(database: Database): SigningKeyStore {
  return {
    list: () => database.query((db) => db.select().from(signingKeys).orderBy(asc(signingKeys.createdAt))),
    addFirst: (make) =>
      database.query((db) =>
        db.transaction(async (transaction) => {
          await transaction.execute(sql`select pg_advisory_xact_lock(${advisoryLocks.firstSigningKey})`);
          const keys = await transaction.select().from(signingKeys).orderBy(asc(signingKeys.createdAt));
          if (keys.length > 0) return keys;
          return transaction
            .insert(signingKeys)
            .values(await make())
            .returning();
        }),
      ),
  };
}
