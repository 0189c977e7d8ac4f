import { and, asc, eq, getTableColumns, ne, type SQL, sql } from 'drizzle-orm';
import type { NewSession, Session, SessionStore, UserSession } from '../../core/sessions/session-store.ts';
import { createId, isId } from '../../identity/ids.ts';
import type { Database } from './database.ts';
import { ended, endSessions } from './end-sessions-statement.ts';
import { prepareRotation } from './refresh-rotation-statement.ts';
import { sessions } from './schema/sessions.ts';
import { users } from './schema/users.ts';
import { prepareFindByTokenHash, sessionColumns, stands, wasSeenLately } from './session-lookup-statement.ts';
import { isUnrevoked } from './unrevoked-token.ts';
import { toUser } from './user-row.ts';

/** Creates the sessions' store on Postgres. Every time is the database's clock. */
export function createPostgresSessionStore(database: Database): SessionStore {
  const rotation = prepareRotation(database.db);
  return {
    async begin(session) {
      const rows = await database.query((db) =>
        db.insert(sessions).values(toRow(session)).returning(sessionColumns),
      );
      const [row] = rows;
      if (row === undefined) throw new Error('an inserted session was not returned');
      return toSession(row);
    },
    async rotateRefreshToken({ sessionId, clientId = null, counter, idle }) {
      if (!isId('session', sessionId)) return { kind: 'unknown' };
      const [row] = await database.query(() => rotation.execute({ sessionId, clientId, counter, ...idle }));
      if (row === undefined) return { kind: 'unknown' };
      return { kind: findingOf(row.session), ...toUserSession(row) };
    },
    ...createLookups(database),
    ...createRefreshLookup(database),
    ...createEnds(database),
  };
}

function createLookups(
  database: Database,
): Pick<SessionStore, 'findActiveByTokenHash' | 'findActiveWithUser' | 'findActiveById' | 'listActive'> {
  const findByTokenHash = prepareFindByTokenHash(database.db);
  const findStanding = (condition: SQL | undefined) =>
    database.db
      .select(sessionColumns)
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(and(condition, stands, wasSeenLately))
      .orderBy(asc(sessions.createdAt));
  const isAsked = and(eq(sessions.id, sql.placeholder('id')), isUnrevoked(sql.placeholder('tokenId')));
  const findById = findStanding(isAsked).prepare('find_session_by_id');
  const listOfUser = findStanding(eq(sessions.userId, sql.placeholder('userId'))).prepare(
    'list_sessions_of_user',
  );
  const findWithUser = database.db
    .select({ session: sessionColumns, user: getTableColumns(users) })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(isAsked, stands, wasSeenLately))
    .prepare('find_session_with_user');

  return {
    async findActiveByTokenHash(tokenHash, idleSeconds) {
      const row = await database.query(() => findByTokenHash(tokenHash, idleSeconds));
      return row && toUserSession(row);
    },
    async findActiveWithUser(sessionId, idle, tokenId) {
      if (!isId('session', sessionId)) return undefined;
      const [row] = await database.query(() =>
        findWithUser.execute({ id: sessionId, tokenId: tokenId ?? null, ...idle }),
      );
      return row && toUserSession(row);
    },
    async findActiveById(sessionId, idle, tokenId) {
      if (!isId('session', sessionId)) return undefined;
      const [row] = await database.query(() =>
        findById.execute({ id: sessionId, tokenId: tokenId ?? null, ...idle }),
      );
      return row === undefined ? undefined : toSession(row);
    },
    async listActive(userId, idle) {
      const rows = await database.query(() => listOfUser.execute({ userId, ...idle }));
      return rows.map(toSession);
    },
  };
}

function createRefreshLookup(database: Database): Pick<SessionStore, 'findByRefreshToken'> {
  const { id, refreshCounter, clientId } = sessions;
  const isPresented = and(
    eq(id, sql.placeholder('sessionId')),
    eq(refreshCounter, sql.placeholder('counter')),
    eq(clientId, sql.placeholder('clientId')),
  );
  const statement = database.db
    .select({ session: sessionColumns, user: getTableColumns(users) })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(isPresented, stands, wasSeenLately))
    .prepare('find_session_by_refresh_token');
  return {
    async findByRefreshToken({ idle, ...presented }) {
      if (!isId('session', presented.sessionId)) return undefined;
      const [row] = await database.query(() => statement.execute({ ...presented, ...idle }));
      return row && toUserSession(row);
    },
  };
}

function createEnds(database: Database): Pick<SessionStore, 'end' | 'endAll' | 'endAllExcept'> {
  const of = (userId: string) => eq(sessions.userId, userId);

  return {
    async end(sessionId, userId) {
      if (!isId('session', sessionId)) return 'not_found';
      const rows = await database.query((db) =>
        db
          .update(sessions)
          .set(ended)
          .where(and(eq(sessions.id, sessionId), of(userId), eq(sessions.state, 'active')))
          .returning({ id: sessions.id }),
      );
      return rows.length > 0 ? 'ended' : 'not_found';
    },
    endAll: (userId) => endSessions(database, of(userId)),
    endAllExcept: (userId, sessionId) => endSessions(database, and(of(userId), ne(sessions.id, sessionId))),
  };
}

/** A rotation begins the count of repetitions anew, and a repetition is counted. */
function findingOf(
  row: Pick<typeof sessions.$inferSelect, 'state' | 'refreshGraceUses'>,
): 'rotated' | 'repeated' | 'replayed' {
  if (row.state === 'compromised') return 'replayed';
  return row.refreshGraceUses === 0 ? 'rotated' : 'repeated';
}

function toRow(session: NewSession) {
  return {
    id: createId('session'),
    userId: session.userId,
    clientId: session.clientId ?? null,
    transport: session.transport,
    amr: [...session.amr],
    acr: session.acr,
    tokenHash: session.tokenHash ?? null,
    ...(session.transport !== 'cookie' && { refreshCounter: 0, refreshRotatedAt: sql`now()` }),
    expiresAt: sql`now() + make_interval(secs => ${session.lifetimeSeconds})`,
    clientAddress: session.clientAddress ?? null,
    userAgent: session.userAgent ?? null,
  };
}

function toUserSession(row: {
  readonly session: Parameters<typeof toSession>[0];
  readonly user: Parameters<typeof toUser>[0];
}): UserSession {
  return { session: toSession(row.session), user: toUser(row.user) };
}

function toSession(row: Omit<typeof sessions.$inferSelect, 'tokenHash'>): Session {
  const { refreshCounter: _, refreshRotatedAt: __, refreshGraceUses: ___, ...session } = row;
  return {
    ...session,
    clientId: row.clientId ?? undefined,
    endedAt: row.endedAt ?? undefined,
    clientAddress: row.clientAddress ?? undefined,
    userAgent: row.userAgent ?? undefined,
  };
}
