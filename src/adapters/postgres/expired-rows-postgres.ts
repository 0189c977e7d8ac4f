import { type SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { ExpiredRowKind, ExpiredRows } from '../../core/retention/expired-rows.ts';
import { REVOCATION_MEMORY_SECONDS } from '../../core/revocation/revocation-memory.ts';
import { HOUR_SECONDS } from '../../lib/durations.ts';
import type { Database } from './database.ts';
import { clientAssertions } from './schema/machines.ts';
import { revocations } from './schema/revocations.ts';
import { sessions } from './schema/sessions.ts';
import { oneTimeTokens } from './schema/users.ts';

/** Creates the removal of expired rows on Postgres. Every time is the database's clock. */
export function createPostgresExpiredRows(database: Database): ExpiredRows {
  return {
    async remove(kind, { limit, sessionRetentionSeconds }) {
      const { table, condition } = expired(kind, sessionRetentionSeconds);
      // As an array the rows are chosen once; below `in` a plan may choose and lock others for each row that it looks at.
      const chosen = sql`array(select ctid from ${table} where ${condition} limit ${limit} for update skip locked)`;
      const removal = sql`delete from ${table} where ctid = any(${chosen})`;
      const { count } = await database.query((db) => db.execute(removal));
      return count;
    },
  };
}

function expired(
  kind: ExpiredRowKind,
  sessionRetentionSeconds: number,
): { readonly table: PgTable; readonly condition: SQL } {
  const before = sql`now() - make_interval(secs => ${sessionRetentionSeconds})`;
  switch (kind) {
    case 'ended_sessions':
      return { table: sessions, condition: sql`${sessions.endedAt} < ${before}` };
    case 'expired_sessions':
      return {
        table: sessions,
        condition: sql`${sessions.state} = 'active' and ${sessions.expiresAt} < ${before}`,
      };
    case 'one_time_tokens':
      return { table: oneTimeTokens, condition: sql`${oneTimeTokens.expiresAt} < now()` };
    case 'client_assertions':
      // Clients' clocks may be behind: an assertion is taken a little after its end, and must not be good again then.
      return {
        table: clientAssertions,
        condition: sql`${clientAssertions.expiresAt} < now() - interval '1 hour'`,
      };
    case 'revocations':
      // Long after nobody is told of them, so that whoever looks into what happened finds them for a while.
      return {
        table: revocations,
        condition: sql`${revocations.revokedAt} < now() - make_interval(secs => ${REVOCATION_MEMORY_SECONDS + HOUR_SECONDS})`,
      };
  }
}
