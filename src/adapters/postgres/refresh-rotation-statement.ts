import { and, eq, getTableColumns, gt, gte, isNull, type SQL, sql } from 'drizzle-orm';
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import { REFRESH_GRACE_SECONDS, REFRESH_GRACE_USES_MAX } from '../../core/sessions/session-store.ts';
import { sessions } from './schema/sessions.ts';
import { users } from './schema/users.ts';
import { hasStandingClient, sessionColumns, wasSeenLately } from './session-lookup-statement.ts';

/**
 * Prepares the judgement of a presented refresh token (`sessionId`, `clientId` or null, `counter`, and the limits of `wasSeenLately`): one statement, so that of all that run at once one
 * rotates. The others wait for the row's lock and judge the row as it is then.
 */
export function prepareRotation(db: PostgresJsDatabase) {
  const presented = sql`${sql.placeholder('counter')}::int`;
  const { refreshCounter, refreshRotatedAt, refreshGraceUses, lastSeenAt, state } = sessions;
  const isCurrent = sql`${refreshCounter} = ${presented}`;
  const isForgiven = sql`${refreshCounter} - 1 = ${presented} and ${refreshRotatedAt} >= now() - make_interval(secs => ${sql.raw(String(REFRESH_GRACE_SECONDS))}) and ${refreshGraceUses} < ${sql.raw(String(REFRESH_GRACE_USES_MAX))}`;
  const byFinding = (current: SQL, forgiven: SQL, replayed: SQL) =>
    sql`case when ${isCurrent} then ${current} when ${isForgiven} then ${forgiven} else ${replayed} end`;

  return db
    .update(sessions)
    .set({
      refreshCounter: byFinding(sql`${refreshCounter} + 1`, sql`${refreshCounter}`, sql`${refreshCounter}`),
      refreshRotatedAt: byFinding(sql`now()`, sql`${refreshRotatedAt}`, sql`${refreshRotatedAt}`),
      refreshGraceUses: byFinding(sql`0`, sql`${refreshGraceUses} + 1`, sql`${refreshGraceUses}`),
      lastSeenAt: byFinding(sql`now()`, sql`${lastSeenAt}`, sql`${lastSeenAt}`),
      state: byFinding(sql`${state}`, sql`${state}`, sql`'compromised'`),
      endedAt: byFinding(sql`null`, sql`null`, sql`now()`),
    })
    .from(users)
    .where(
      and(
        eq(sessions.id, sql.placeholder('sessionId')),
        eq(users.id, sessions.userId),
        isNull(users.disabledAt),
        isNull(users.deletedAt),
        sql`${sessions.clientId} is not distinct from ${sql.placeholder('clientId')}::text`,
        hasStandingClient,
        eq(state, 'active'),
        gt(sessions.expiresAt, sql`now()`),
        wasSeenLately,
        gte(refreshCounter, presented),
      ),
    )
    .returning({ session: sessionColumns, user: getTableColumns(users) })
    .prepare('rotate_refresh_token');
}
