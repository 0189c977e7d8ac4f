import type { AuditEvent, AuditLog } from '../../../src/core/audit/audit-log.ts';

/** An audit log that a test can read. */
export interface RecordingAuditLog extends AuditLog {
  /** What was recorded, oldest first. */
  readonly recorded: AuditEvent[];
}

/** Creates an audit log that keeps what is recorded in memory. */
export function createRecordingAuditLog(): RecordingAuditLog {
  const recorded: AuditEvent[] = [];
  return {
    recorded,
    record(event) {
      recorded.push(event);
    },
  };
}
