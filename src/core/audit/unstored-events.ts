import type { Log } from '../../lib/log.ts';
import type { TimedAuditEvent } from './audit-log.ts';

/**
 * Writes an event that the store will never hold to the log, in full and at level error, so that whoever keeps the log keeps the event. The whole event
 * is one field of JSON, because its members are not known beforehand.
 */
export function logUnstoredEvent(log: Log, { id, at, event }: TimedAuditEvent, because: string): void {
  log.error('audit event not stored', {
    because,
    event_id: id,
    at: at.toISOString(),
    type: event.type,
    request_id: event.request?.requestId,
    event: JSON.stringify(event),
  });
}
