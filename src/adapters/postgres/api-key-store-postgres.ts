import { and, asc, eq, getTableColumns, gt, isNull, lte, or, sql } from 'drizzle-orm';
import type { ApiKey, ApiKeyPage, ApiKeyStore, NewApiKey } from '../../core/machines/api-key-store.ts';
import { createId, isId } from '../../identity/ids.ts';
import { isBehind, pageOf } from './creation-order.ts';
import type { Database } from './database.ts';
import { apiKeys } from './schema/machines.ts';

const { keyHash: _, ...columns } = getTableColumns(apiKeys);
const stands = and(
  isNull(apiKeys.revokedAt),
  or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, sql`now()`)),
);

/** Creates the API keys' store on Postgres. Every time is the database's clock. */
export function createPostgresApiKeyStore(database: Database): ApiKeyStore {
  const findByHash = prepareFindByHash(database.db);
  return {
    async create(key) {
      const [row] = await database.query((db) => db.insert(apiKeys).values(toRow(key)).returning(columns));
      if (row === undefined) throw new Error('an inserted API key was not returned');
      return toApiKey(row);
    },
    async findActiveByHash(keyHash) {
      const [row] = await database.query(() => findByHash.execute({ keyHash }));
      if (row === undefined) return undefined;
      return toApiKey({ ...row.found, lastUsedAt: row.touched?.touchedAt ?? row.found.lastUsedAt });
    },
    async findActiveById(id) {
      if (!isId('api_key', id)) return undefined;
      const [row] = await database.query((db) =>
        db
          .select(columns)
          .from(apiKeys)
          .where(and(eq(apiKeys.id, id), stands)),
      );
      return row && toApiKey(row);
    },
    list: (query) => listApiKeys(database, query),
    async revoke(id) {
      if (!isId('api_key', id)) return 'not_found';
      const rows = await database.query((db) =>
        db
          .update(apiKeys)
          .set({ revokedAt: sql`now()` })
          .where(and(eq(apiKeys.id, id), isNull(apiKeys.revokedAt)))
          .returning({ id: apiKeys.id }),
      );
      return rows.length > 0 ? 'revoked' : 'not_found';
    },
  };
}

async function listApiKeys(
  database: Database,
  { after, limit }: Parameters<ApiKeyStore['list']>[0],
): Promise<ApiKeyPage> {
  const rows = await database.query((db) =>
    db
      .select(columns)
      .from(apiKeys)
      .where(isBehind(apiKeys, after))
      .orderBy(asc(apiKeys.createdAt), asc(apiKeys.id))
      .limit(limit + 1),
  );
  const { page, next } = pageOf(rows, limit);
  return { apiKeys: page.map(toApiKey), next };
}

/** Prepares the look-up by hash: one statement that judges the key and notes its use. Does NOT wait for another that notes it just now. */
function prepareFindByHash(db: Database['db']) {
  const found = db.$with('found').as(
    db
      .select(columns)
      .from(apiKeys)
      .where(and(eq(apiKeys.keyHash, sql.placeholder('keyHash')), stands)),
  );
  const stale = db
    .select({ id: apiKeys.id })
    .from(apiKeys)
    .where(
      and(
        eq(apiKeys.id, sql`(select ${found.id} from ${found})`),
        or(isNull(apiKeys.lastUsedAt), lte(apiKeys.lastUsedAt, sql`now() - interval '1 minute'`)),
      ),
    )
    .for('update', { skipLocked: true });
  const touched = db.$with('touched').as(
    db
      .update(apiKeys)
      .set({ lastUsedAt: sql`now()` })
      .where(eq(apiKeys.id, sql`(${stale})`))
      .returning({ touchedAt: apiKeys.lastUsedAt }),
  );
  return db
    .with(found, touched)
    .select()
    .from(found)
    .leftJoin(touched, sql`true`)
    .prepare('find_api_key_by_hash');
}

function toRow({ lifetimeSeconds, ...key }: NewApiKey) {
  return {
    id: createId('api_key'),
    name: key.name,
    keyHash: key.keyHash,
    hint: key.hint,
    roles: [...key.roles],
    scopes: [...key.scopes],
    createdBy: key.createdBy ?? null,
    expiresAt: lifetimeSeconds === undefined ? null : sql`now() + make_interval(secs => ${lifetimeSeconds})`,
  };
}

function toApiKey(row: Omit<typeof apiKeys.$inferSelect, 'keyHash'>): ApiKey {
  return {
    ...row,
    createdBy: row.createdBy ?? undefined,
    expiresAt: row.expiresAt ?? undefined,
    lastUsedAt: row.lastUsedAt ?? undefined,
    revokedAt: row.revokedAt ?? undefined,
  };
}
