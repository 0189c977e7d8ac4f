import { and, eq, getTableColumns, gt, gte, isNull, lte, sql } from 'drizzle-orm';
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import { clients } from './schema/machines.ts';
import { sessions } from './schema/sessions.ts';
import { users } from './schema/users.ts';

const { tokenHash: _, ...columns } = getTableColumns(sessions);

/** What is read of a session: everything but the token's hash. */
export const sessionColumns = columns;

/** Holds for a session of our own, and for one whose client is there and not disabled. */
export const hasStandingClient = sql`(${sessions.clientId} is null or exists (select 1 from ${clients} where ${clients.id} = ${sessions.clientId} and ${clients.disabledAt} is null))`;

/** Holds for a session, joined to its user, that stands: active, within its absolute limit, of a user who is not disabled and of a client that is not. */
export const stands = and(
  eq(sessions.state, 'active'),
  gt(sessions.expiresAt, sql`now()`),
  isNull(users.disabledAt),
  hasStandingClient,
);

/** Holds for a session that was seen within the limit of its transport; placeholders `bearerIdleSeconds`, `cookieIdleSeconds`. */
export const wasSeenLately = gte(
  sessions.lastSeenAt,
  sql`now() - make_interval(secs => case when ${sessions.transport} = 'bearer' then ${sql.placeholder('bearerIdleSeconds')}::int else ${sql.placeholder('cookieIdleSeconds')}::int end)`,
);

/**
 * Prepares the lookup of a session and its user by its token's hash (`tokenHash`, `idleSeconds`): one statement that judges both,
 * and moves `last_seen_at` when it is a minute old. Does NOT wait for another lookup that moves it just now.
 */
export function prepareFindByTokenHash(db: PostgresJsDatabase) {
  const idle = sql`make_interval(secs => ${sql.placeholder('idleSeconds')})`;
  const found = db.$with('found').as(
    db
      .select(sessionColumns)
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(
        and(
          eq(sessions.tokenHash, sql.placeholder('tokenHash')),
          gte(sessions.lastSeenAt, sql`now() - ${idle}`),
          stands,
        ),
      ),
  );
  const stale = db
    .select({ id: sessions.id })
    .from(sessions)
    .where(
      and(
        eq(sessions.id, sql`(select ${found.id} from ${found})`),
        // Ended in between: what is kept for evidence stays as it is.
        eq(sessions.state, 'active'),
        lte(sessions.lastSeenAt, sql`now() - interval '1 minute'`),
      ),
    )
    .for('update', { skipLocked: true });
  const touched = db.$with('touched').as(
    db
      .update(sessions)
      .set({ lastSeenAt: sql`now()` })
      .where(eq(sessions.id, sql`(${stale})`))
      .returning({ touchedAt: sessions.lastSeenAt }),
  );
  const statement = db
    .with(found, touched)
    .select()
    .from(found)
    .innerJoin(users, eq(users.id, found.userId))
    .leftJoin(touched, sql`true`)
    .prepare('find_session_by_token_hash');

  return async (tokenHash: Uint8Array, idleSeconds: number) => {
    const [row] = await statement.execute({ tokenHash, idleSeconds });
    if (row === undefined) return undefined;
    const lastSeenAt = row.touched?.touchedAt ?? row.found.lastSeenAt;
    return { session: { ...row.found, lastSeenAt }, user: row.users };
  };
}
