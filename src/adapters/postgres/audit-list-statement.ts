import { and, desc, eq, gte, lt, or, type SQL, sql } from 'drizzle-orm';
import type { AuditCursor, AuditFilter, AuditPage, AuditStore } from '../../core/audit/audit-store.ts';
import { toAuditRow } from './audit-event-row.ts';
import type { Database } from './database.ts';
import { auditEvents, concernedUserId } from './schema/audit.ts';

/** Lists events, newest first; one row more than is asked for tells whether there is a next page. */
export async function listAuditEvents(
  database: Database,
  { after, limit, ...filter }: Parameters<AuditStore['list']>[0],
): Promise<AuditPage> {
  // Postgres refuses NUL in texts, so nothing that it holds can match.
  if (Object.values(filter).some((value) => typeof value === 'string' && value.includes('\0')))
    return { rows: [], next: undefined };
  const found = await database.query((db) =>
    db
      .select()
      .from(auditEvents)
      .where(and(...conditionsOf(filter), after && isBehind(after)))
      .orderBy(desc(auditEvents.at), desc(auditEvents.sequence))
      .limit(limit + 1),
  );
  const rows = found.slice(0, limit).map(toAuditRow);
  const last = found.length > limit ? rows.at(-1) : undefined;
  return { rows, next: last && { at: last.at, sequence: last.sequence } };
}

function conditionsOf(filter: AuditFilter): readonly (SQL | undefined)[] {
  const { type, actorId, userId, sessionId, outcome, requestId, from, to } = filter;
  return [
    type && eq(auditEvents.type, type),
    actorId === undefined ? undefined : eq(auditEvents.actorId, actorId),
    userId === undefined ? undefined : eq(concernedUserId(auditEvents), userId),
    sessionId === undefined
      ? undefined
      : or(eq(auditEvents.sessionId, sessionId), eq(auditEvents.targetId, sessionId)),
    // Written out: a partial index is met by a constant alone.
    outcome &&
      (outcome === 'refused' ? sql`${auditEvents.outcome} = 'refused'` : eq(auditEvents.outcome, outcome)),
    requestId === undefined ? undefined : eq(auditEvents.requestId, requestId),
    from && gte(auditEvents.at, from),
    to && lt(auditEvents.at, to),
  ];
}

function isBehind({ at, sequence }: AuditCursor): SQL {
  // One comparison of rows, which the indexes answer.
  return sql`(${auditEvents.at}, ${auditEvents.sequence}) < (${sql.param(at, auditEvents.at)}::timestamptz, ${sequence})`;
}
