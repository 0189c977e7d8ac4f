import type { AuditRow } from './audit-row.ts';

/** An event of the log as JSON: in answers, and in the lines of an export. */
export interface AuditEventJson {
  readonly id: string;
  readonly sequence: number;
  readonly at: string;
  readonly type: string;
  readonly outcome: 'success' | 'refused';
  readonly reason?: string;
  readonly actor: { kind: string; id?: string };
  readonly target?: { kind: string; id: string };
  readonly sessionId?: string;
  readonly requestId?: string;
  readonly clientAddress?: string;
  readonly details: Record<string, string | number | boolean | string[]>;
  /** In hexadecimal digits. */
  readonly hash: string;
}

/** Writes a row as JSON, member by member. Does NOT hold the hash of the row before. */
export function toAuditEventJson(row: AuditRow): AuditEventJson {
  const { id, sequence, at, type, outcome, reason, actorKind, actorId, targetKind, targetId } = row;
  const { sessionId, requestId, clientAddress, details, hash } = row;
  return {
    id,
    sequence,
    at: at.toISOString(),
    type,
    outcome,
    ...(reason !== undefined && { reason }),
    actor: { kind: actorKind, ...(actorId !== undefined && { id: actorId }) },
    ...(targetKind !== undefined && targetId !== undefined && { target: { kind: targetKind, id: targetId } }),
    ...(sessionId !== undefined && { sessionId }),
    ...(requestId !== undefined && { requestId }),
    ...(clientAddress !== undefined && { clientAddress }),
    details: details as AuditEventJson['details'],
    hash: hash.toHex(),
  };
}
