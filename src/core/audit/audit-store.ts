import type { AuditEvent } from './audit-log.ts';

/** An event and when it happened, by the clock of the process in which it happened. */
export interface TimedAuditEvent {
  readonly at: Date;
  readonly event: AuditEvent;
}
