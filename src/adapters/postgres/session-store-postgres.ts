import { and, asc, eq, gte, type SQL, sql } from 'drizzle-orm';
import type { NewSession, Session, SessionStore } from '../../core/sessions/session-store.ts';
import { createId, isId } from '../../identity/ids.ts';
import type { Database } from './database.ts';
import { sessions } from './schema/sessions.ts';
import { users } from './schema/users.ts';
import { prepareFindByTokenHash, sessionColumns, stands } from './session-lookup-statement.ts';

const USER_AGENT_LENGTH_MAX = 512;
const ended = { state: 'revoked', endedAt: sql`now()` } as const;

/** Creates the sessions' store on Postgres. Every time is the database's clock. */
export function createPostgresSessionStore(database: Database): SessionStore {
  const findByTokenHash = prepareFindByTokenHash(database.db);
  const findStanding = (condition: SQL) =>
    database.db
      .select(sessionColumns)
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(and(condition, stands))
      .orderBy(asc(sessions.createdAt));
  const findById = findStanding(eq(sessions.id, sql.placeholder('id'))).prepare('find_session_by_id');

  return {
    async begin(session) {
      const rows = await database.query((db) =>
        db.insert(sessions).values(toRow(session)).returning(sessionColumns),
      );
      const [row] = rows;
      if (row === undefined) throw new Error('an inserted session was not returned');
      return toSession(row);
    },
    async findActiveByTokenHash(tokenHash, idleSeconds) {
      const row = await database.query(() => findByTokenHash(tokenHash, idleSeconds));
      return row === undefined ? undefined : toSession(row);
    },
    async findActiveById(sessionId) {
      if (!isId('session', sessionId)) return undefined;
      const [row] = await database.query(() => findById.execute({ id: sessionId }));
      return row === undefined ? undefined : toSession(row);
    },
    async listActive(userId) {
      const rows = await database.query(() => findStanding(eq(sessions.userId, userId)));
      return rows.map(toSession);
    },
    ...createEnds(database),
  };
}

function createEnds(database: Database): Pick<SessionStore, 'end' | 'endAll' | 'listEnded'> {
  const activeOf = (userId: string) => and(eq(sessions.userId, userId), eq(sessions.state, 'active'));
  return {
    async end(sessionId, userId) {
      if (!isId('session', sessionId)) return 'not_found';
      const rows = await database.query((db) =>
        db
          .update(sessions)
          .set(ended)
          .where(and(eq(sessions.id, sessionId), activeOf(userId)))
          .returning({ id: sessions.id }),
      );
      return rows.length > 0 ? 'ended' : 'not_found';
    },
    async endAll(userId) {
      const rows = await database.query((db) =>
        db.update(sessions).set(ended).where(activeOf(userId)).returning({ id: sessions.id }),
      );
      return rows.map((row) => row.id);
    },
    async listEnded(withinSeconds) {
      const since = sql`now() - make_interval(secs => ${withinSeconds})`;
      const rows = await database.query((db) =>
        db
          .select({ sessionId: sessions.id, endedAt: sessions.endedAt })
          .from(sessions)
          .where(gte(sessions.endedAt, since)),
      );
      return rows.flatMap(({ sessionId, endedAt }) => (endedAt === null ? [] : [{ sessionId, endedAt }]));
    },
  };
}

function toRow(session: NewSession) {
  return {
    id: createId('session'),
    userId: session.userId,
    transport: session.transport,
    amr: [...session.amr],
    acr: session.acr,
    tokenHash: session.tokenHash ?? null,
    expiresAt: sql`now() + make_interval(secs => ${session.lifetimeSeconds})`,
    clientAddress: session.clientAddress ?? null,
    userAgent: session.userAgent?.slice(0, USER_AGENT_LENGTH_MAX) ?? null,
  };
}

function toSession(row: Omit<typeof sessions.$inferSelect, 'tokenHash'>): Session {
  return {
    ...row,
    endedAt: row.endedAt ?? undefined,
    clientAddress: row.clientAddress ?? undefined,
    userAgent: row.userAgent ?? undefined,
  };
}
