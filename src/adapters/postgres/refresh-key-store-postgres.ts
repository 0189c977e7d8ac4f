import { and, asc, eq, sql } from 'drizzle-orm';
import type { RefreshKeyStore, StoredRefreshKey } from '../../core/sessions/refresh-key-store.ts';
import type { Database } from './database.ts';
import { readKeyRing, takeKeyRingTurn, untilTurn } from './key-ring-turn.ts';
import { refreshKeys } from './schema/keys.ts';

/** Creates the refresh keys' store on Postgres. The first key is one statement that counts only for who saw that there is none. */
export function createPostgresRefreshKeyStore(database: Database): RefreshKeyStore {
  const list = () =>
    database.query((db) => db.select().from(refreshKeys).orderBy(asc(refreshKeys.createdAt)));

  /** Adds a key if nobody has changed the keys since that version; tells whether nobody had. */
  async function add(
    { id, sealedKey }: Omit<StoredRefreshKey, 'createdAt'>,
    version: number,
  ): Promise<boolean> {
    const turns = await database.query((db) =>
      db.execute(sql`
        with turn as (${takeKeyRingTurn('refresh', version)}),
        added as (insert into ${refreshKeys} (id, sealed_key) select ${id}, ${sealedKey} from turn)
        select version from turn`),
    );
    return turns.length > 0;
  }

  return {
    list,
    async addFirst(make) {
      let made: Omit<StoredRefreshKey, 'createdAt'> | undefined;
      return untilTurn(async () => {
        const { version } = await database.query((db) => readKeyRing(db, 'refresh'));
        const keys = await list();
        if (keys.length > 0) return keys;
        made ??= await make();
        return (await add(made, version)) ? list() : 'overtaken';
      });
    },
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
