import { and, eq, notExists, or, sql } from 'drizzle-orm';
import { countsFrom, type SubjectStanding } from '../../core/exchange/subject-standing.ts';
import { isId } from '../../identity/ids.ts';
import type { Database } from './database.ts';
import { revocations } from './schema/revocations.ts';
import { sessions } from './schema/sessions.ts';
import { users } from './schema/users.ts';
import { stands, wasSeenLately } from './session-lookup-statement.ts';

/** Creates the look at users' tokens on Postgres: one statement, at the database's clock. */
export function createPostgresSubjectStanding(database: Database): SubjectStanding {
  const { db } = database;
  const { subjectId, revokedAt } = revocations;
  const named = sql`string_to_array(${sql.placeholder('dated')}, ',')`;
  const countedFrom = sql`(string_to_array(${sql.placeholder('countedFrom')}, ',')::timestamptz[])[array_position(${named}, ${subjectId})]`;
  const revoked = db
    .select({ one: sql`1` })
    .from(revocations)
    .where(
      or(
        eq(subjectId, sql.placeholder('tokenId')),
        and(sql`${subjectId} = any(${named})`, sql`${revokedAt} >= ${countedFrom}`),
      ),
    );
  const { createdAt, expiresAt, acr, amr, transport, lastSeenAt } = sessions;
  const statement = db
    .select({ createdAt, expiresAt, acr, amr, transport, lastSeenAt })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(
      and(
        eq(sessions.id, sql.placeholder('sessionId')),
        eq(sessions.userId, sql.placeholder('userId')),
        stands,
        wasSeenLately,
        notExists(revoked),
      ),
    )
    .prepare('find_standing_subject');

  return {
    async findStanding(subject, idle) {
      const { sessionId, userId, tokenId, clientIds } = subject;
      if (!isId('session', sessionId)) return undefined;
      const ids = [userId, ...clientIds];
      const countedFrom = ids.map((id) => countsFrom(subject, id).toISOString()).join(',');
      const values = { sessionId, userId, tokenId, dated: ids.join(','), countedFrom, ...idle };
      const [row] = await database.query(() => statement.execute(values));
      return row;
    },
  };
}
