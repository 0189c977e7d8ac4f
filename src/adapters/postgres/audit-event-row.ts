import type { AuditRow } from '../../core/audit/audit-row.ts';
import type { auditEvents } from './schema/audit.ts';

/** Reads a row of the table as the core has it. */
export function toAuditRow(row: typeof auditEvents.$inferSelect): AuditRow {
  return {
    ...row,
    // Columns of names that only we write; what somebody else put there shows as an altered row.
    type: row.type as AuditRow['type'],
    actorKind: row.actorKind as AuditRow['actorKind'],
    targetKind: (row.targetKind ?? undefined) as AuditRow['targetKind'],
    reason: row.reason ?? undefined,
    actorId: row.actorId ?? undefined,
    targetId: row.targetId ?? undefined,
    sessionId: row.sessionId ?? undefined,
    requestId: row.requestId ?? undefined,
    clientAddress: row.clientAddress ?? undefined,
    details: row.details as AuditRow['details'],
    previousHash: row.previousHash,
    hash: row.hash,
  };
}
