import type { AuditEvent, TimedAuditEvent } from '../../../src/core/audit/audit-log.ts';
import { createId } from '../../../src/identity/ids.ts';

/** Describes the end of a session, with the differences given. */
export function auditEvent(differences: Partial<AuditEvent> = {}): AuditEvent {
  return { type: 'session.ended', outcome: 'success', actor: { kind: 'system' }, ...differences };
}

/** Gives an event a new id and a fixed time. */
export function timedAuditEvent(differences: Partial<AuditEvent> = {}): TimedAuditEvent {
  const at = new Date(Date.UTC(2026, 0, 15, 12, 0, 0, 123));
  return { id: createId('audit_event'), at, event: auditEvent(differences) };
}
