import { and, asc, eq, getTableColumns, isNotNull, isNull, lte, max, or, sql } from 'drizzle-orm';
import type { Client, ClientChange, ClientStore, NewClient } from '../../core/clients/client-store.ts';
import { createId, isId } from '../../identity/ids.ts';
import { isBehind, pageOf } from './creation-order.ts';
import type { Database } from './database.ts';
import { clientAssertions, clients } from './schema/machines.ts';
import { revocations } from './schema/revocations.ts';
import { isUnrevoked } from './unrevoked-token.ts';

const { secretHash, ...columns } = getTableColumns(clients);

/** Creates the OAuth clients' store on Postgres. Every time is the database's clock, but for that of an assertion's end. */
export function createPostgresClientStore(database: Database): ClientStore {
  return {
    async create(client) {
      const [row] = await database.query((db) => db.insert(clients).values(toRow(client)).returning(columns));
      if (row === undefined) throw new Error('an inserted client was not returned');
      return toClient(row);
    },
    async findById(id) {
      if (!isId('client', id)) return undefined;
      const [row] = await database.query((db) => db.select(columns).from(clients).where(eq(clients.id, id)));
      return row && toClient(row);
    },
    findActiveById: (id, tokenId) => findActiveById(database, id, tokenId),
    async findCredentials(id) {
      if (!isId('client', id)) return undefined;
      const [row] = await database.query((db) =>
        db
          .select({ ...columns, secretHash, revokedAt: max(revocations.revokedAt) })
          .from(clients)
          .leftJoin(revocations, eq(revocations.subjectId, clients.id))
          .where(eq(clients.id, id))
          .groupBy(clients.id),
      );
      if (row === undefined) return undefined;
      const client = { ...toClient(row), ...(row.revokedAt !== null && { revokedAt: row.revokedAt }) };
      return { client, secretHash: row.secretHash ?? undefined };
    },
    async list({ after, limit }) {
      const rows = await database.query((db) =>
        db
          .select(columns)
          .from(clients)
          .where(isBehind(clients, after))
          .orderBy(asc(clients.createdAt), asc(clients.id))
          .limit(limit + 1),
      );
      const { page, next } = pageOf(rows, limit);
      return { clients: page.map(toClient), next };
    },
    ...changesOf(database),
    useAssertion: (assertion) => useAssertion(database, assertion),
  };
}

async function findActiveById(
  database: Database,
  id: string,
  tokenId: string | undefined,
): Promise<Client | undefined> {
  if (!isId('client', id)) return undefined;
  const unrevoked = tokenId === undefined ? undefined : isUnrevoked(tokenId);
  const [row] = await database.query((db) =>
    db
      .select(columns)
      .from(clients)
      .where(and(eq(clients.id, id), isNull(clients.disabledAt), unrevoked)),
  );
  return row && toClient(row);
}

function changesOf(database: Database): Pick<ClientStore, 'change' | 'rotateSecret' | 'remove' | 'noteUse'> {
  return {
    async change(id, change) {
      if (!isId('client', id)) return undefined;
      const [row] = await database.query((db) =>
        db.update(clients).set(toChange(change)).where(eq(clients.id, id)).returning(columns),
      );
      return row && toClient(row);
    },
    async rotateSecret(id, hash) {
      if (!isId('client', id)) return undefined;
      const [row] = await database.query((db) =>
        db
          .update(clients)
          .set({ secretHash: hash })
          .where(and(eq(clients.id, id), isNotNull(clients.secretHash)))
          .returning(columns),
      );
      return row && toClient(row);
    },
    async remove(id) {
      if (!isId('client', id)) return 'not_found';
      const rows = await database.query((db) =>
        db.delete(clients).where(eq(clients.id, id)).returning({ id: clients.id }),
      );
      return rows.length > 0 ? 'removed' : 'not_found';
    },
    async noteUse(id) {
      const stale = or(isNull(clients.lastUsedAt), lte(clients.lastUsedAt, sql`now() - interval '1 minute'`));
      await database.query((db) =>
        db
          .update(clients)
          .set({ lastUsedAt: sql`now()` })
          .where(and(eq(clients.id, id), stale)),
      );
    },
  };
}

/** One statement: the row's key lets one alone in. It selects the client, so that one that was removed meanwhile is no failure. */
async function useAssertion(
  database: Database,
  { clientId, jtiHash, expiresAt }: Parameters<ClientStore['useAssertion']>[0],
): Promise<'used' | 'spent'> {
  const rows = await database.query((db) =>
    db
      .insert(clientAssertions)
      .select((query) =>
        query
          .select({
            clientId: clients.id,
            jtiHash: sql`${sql.param(jtiHash, clientAssertions.jtiHash)}::bytea`.as('jti_hash'),
            expiresAt: sql`${sql.param(expiresAt, clientAssertions.expiresAt)}::timestamptz`.as('expires_at'),
          })
          .from(clients)
          .where(eq(clients.id, clientId))
          .for('key share'),
      )
      .onConflictDoNothing()
      .returning({ clientId: clientAssertions.clientId }),
  );
  return rows.length > 0 ? 'used' : 'spent';
}

function toRow(client: NewClient): typeof clients.$inferInsert {
  const { name, authenticationMethod: authMethod, roles, scopes, audience, audiences } = client;
  return {
    id: createId('client'),
    name,
    authMethod,
    roles: [...roles],
    scopes: [...scopes],
    audience: audience ?? null,
    audiences: [...(audiences ?? [])],
    secretHash: 'secretHash' in client ? client.secretHash : null,
    jwks: 'keys' in client ? JSON.stringify(client.keys) : null,
  };
}

function toChange({ name, roles, scopes, audience, audiences, keys, disabled }: ClientChange) {
  return {
    // Never an empty change, for which there is no statement.
    id: sql`${clients.id}`,
    ...(name !== undefined && { name }),
    ...(roles !== undefined && { roles: [...roles] }),
    ...(scopes !== undefined && { scopes: [...scopes] }),
    ...(audience !== undefined && { audience }),
    ...(audiences !== undefined && { audiences: [...audiences] }),
    ...(keys !== undefined && { jwks: JSON.stringify(keys) }),
    ...(disabled !== undefined && {
      disabledAt: disabled ? sql`coalesce(${clients.disabledAt}, now())` : null,
    }),
  };
}

function toClient(row: Omit<typeof clients.$inferSelect, 'secretHash'>): Client {
  const { authMethod: authenticationMethod, jwks, disabledAt, lastUsedAt } = row;
  return {
    id: row.id,
    name: row.name,
    authenticationMethod,
    keys: jwks === null ? [] : JSON.parse(jwks),
    roles: row.roles,
    scopes: row.scopes,
    audience: row.audience ?? undefined,
    audiences: row.audiences,
    disabledAt: disabledAt ?? undefined,
    lastUsedAt: lastUsedAt ?? undefined,
    createdAt: row.createdAt,
  };
}
