import { and, asc, eq, sql } from 'drizzle-orm';
import type { RefreshKeyStore } from '../../core/sessions/refresh-key-store.ts';
import { advisoryLocks } from './advisory-locks.ts';
import type { Database } from './database.ts';
import { refreshKeys } from './schema/keys.ts';

/** Creates the refresh keys' store on Postgres. */
export function createPostgresRefreshKeyStore(database: Database): RefreshKeyStore {
  return {
    list: () => database.query((db) => db.select().from(refreshKeys).orderBy(asc(refreshKeys.createdAt))),
    addFirst: (make) =>
      database.query((db) =>
        db.transaction(async (transaction) => {
          await transaction.execute(sql`select pg_advisory_xact_lock(${advisoryLocks.firstRefreshKey})`);
          const keys = await transaction.select().from(refreshKeys).orderBy(asc(refreshKeys.createdAt));
          if (keys.length > 0) return keys;
          return transaction
            .insert(refreshKeys)
            .values(await make())
            .returning();
        }),
      ),
    async replaceSealed(id, from, to) {
      const rows = await database.query((db) =>
        db
          .update(refreshKeys)
          .set({ sealedKey: to })
          .where(and(eq(refreshKeys.id, id), eq(refreshKeys.sealedKey, from)))
          .returning({ id: refreshKeys.id }),
      );
      return rows.length > 0;
    },
  };
}
