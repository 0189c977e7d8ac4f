import type { Database } from '../../../src/adapters/postgres/database.ts';

/**
 * Lets time pass for the stored sessions, of one user or of all: the database's clock is the machine's, so what is stored moves into the past instead. To the log of revocations
 * nothing has happened.
 */
export async function ageSessions(sql: Database['sql'], seconds: number, userId?: string): Promise<void> {
  await sql`alter table sessions disable trigger sessions_log_earlier_end`;
  await sql`update sessions set
    created_at = created_at - make_interval(secs => ${seconds}),
    last_seen_at = last_seen_at - make_interval(secs => ${seconds}),
    refresh_rotated_at = refresh_rotated_at - make_interval(secs => ${seconds}),
    expires_at = expires_at - make_interval(secs => ${seconds}),
    ended_at = ended_at - make_interval(secs => ${seconds})
    ${userId === undefined ? sql`` : sql`where user_id = ${userId}`}`;
  await sql`alter table sessions enable trigger sessions_log_earlier_end`;
}
