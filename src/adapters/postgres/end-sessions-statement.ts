import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import { sessions } from './schema/sessions.ts';

/** What becomes of a session that is ended. */
export const ended = { state: 'revoked', endedAt: sql`now()` } as const;

// Each is a row of the log of revocations too: so many take about half a second, and no number of them reaches the limit on a statement's time.
const SESSIONS_AT_ONCE = 5_000;

/**
 * Ends all active sessions that a condition holds for, and tells which: some at a time, each of them at once for whoever asks. Where it throws, some may have ended, and
 * it can be done again.
 */
export async function endSessions(
  database: Database,
  condition: SQL | undefined,
): Promise<readonly string[]> {
  const all: string[] = [];
  for (;;) {
    const rows = await database.query((db) => endSome(db, condition));
    for (const { id } of rows) if (id !== null) all.push(id);
    // Not by how many were ended here: somebody else may have ended some of them meanwhile.
    if ((rows[0]?.found ?? 0) < SESSIONS_AT_ONCE) return all;
  }
}

/** A row for each that was ended, or one without an id, with how many were found. Nothing is joined by the ids: without statistics of the table, each would be held against each. */
function endSome(db: Database['db'], condition: SQL | undefined) {
  const isActive = eq(sessions.state, 'active');
  const found = db
    .$with('found')
    .as(
      db.select({ id: sessions.id }).from(sessions).where(and(condition, isActive)).limit(SESSIONS_AT_ONCE),
    );
  const done = db.$with('done').as(
    db
      .update(sessions)
      .set(ended)
      .where(and(sql`${sessions.id} = any(array(select id from ${found}))`, isActive))
      .returning({ id: sessions.id }),
  );
  return db
    .with(found, done)
    .select({ id: done.id, found: sql<number>`(select count(*)::int from ${found})` })
    .from(sql`(select) as always`)
    .leftJoin(done, sql`true`);
}
