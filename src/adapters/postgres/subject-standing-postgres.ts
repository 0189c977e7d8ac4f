import { and, eq, notExists, or, sql } from 'drizzle-orm';
import type { SubjectStanding } from '../../core/exchange/subject-standing.ts';
import { isId } from '../../identity/ids.ts';
import { REVOCATION_MARGIN_SECONDS } from '../../identity/revocation.ts';
import type { Database } from './database.ts';
import { revocations } from './schema/revocations.ts';
import { sessions } from './schema/sessions.ts';
import { users } from './schema/users.ts';
import { stands, wasSeenLately } from './session-lookup-statement.ts';

/** Creates the look at users' tokens on Postgres: one statement, at the database's clock. */
export function createPostgresSubjectStanding(database: Database): SubjectStanding {
  const { db } = database;
  const { subjectId, revokedAt } = revocations;
  const named = sql`any(string_to_array(${sql.placeholder('dated')}, ','))`;
  const revoked = db
    .select({ one: sql`1` })
    .from(revocations)
    .where(
      or(
        eq(subjectId, sql.placeholder('tokenId')),
        and(
          sql`${subjectId} = ${named}`,
          sql`${revokedAt} >= ${sql.placeholder('issuedAt')}::timestamptz - make_interval(secs => ${sql.raw(String(REVOCATION_MARGIN_SECONDS))})`,
        ),
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
    async findStanding({ sessionId, userId, tokenId, issuedAt, clientIds }, idle) {
      if (!isId('session', sessionId)) return undefined;
      const dated = [userId, ...clientIds].join(',');
      const values = { sessionId, userId, tokenId, dated, issuedAt: issuedAt.toISOString(), ...idle };
      const [row] = await database.query(() => statement.execute(values));
      return row;
    },
  };
}
