import type { AuditEvent, AuditLog, AuditOrigin } from './audit-log.ts';
import type { AuditCursor, AuditFilter, AuditPage, AuditStore } from './audit-store.ts';

/** What is wanted of the audit log. Holds no free text: it goes into the audit log itself. */
export type AuditQuestion = AuditFilter & { readonly after: AuditCursor | undefined; readonly limit: number };

/**
 * Reads a page of the audit log, and records who read, what was looked for and how many events were shown. Throws UnavailableError ('database'); then
 * nothing was shown and nothing is recorded. Does NOT look at the reader's roles, and does NOT verify the chain.
 */
export type ReadAuditLog = (by: AuditOrigin, question: AuditQuestion) => Promise<AuditPage>;

/** Creates the reading of the audit log. */
export function createReadAuditLog(options: {
  readonly auditStore: Pick<AuditStore, 'list'>;
  readonly audit: AuditLog;
}): ReadAuditLog {
  const { auditStore, audit } = options;
  return async (by, question) => {
    const page = await auditStore.list(question);
    const details = { ...describe(question), rows: page.rows.length };
    audit.record({ type: 'audit.read', outcome: 'success', ...by, details });
    return page;
  };
}

/** The filters in words of the log; `user_id` makes the reading one of the events that concern that user. */
function describe({ after, from, to, ...filter }: AuditQuestion): NonNullable<AuditEvent['details']> {
  const { type, actorId, userId, sessionId, outcome, requestId } = filter;
  const words = {
    type,
    actor_id: actorId,
    user_id: userId,
    session_id: sessionId,
    outcome,
    request_id: requestId,
    from: from?.toISOString(),
    to: to?.toISOString(),
    before: after?.sequence,
  };
  return Object.fromEntries(
    Object.entries(words).flatMap(([name, word]) => (word === undefined ? [] : [[name, word]])),
  );
}
