import type { TimedAuditEvent } from './audit-log.ts';
import type { AuditRow } from './audit-row.ts';

/** Port: the audit log at rest, a chain of hashes. Both methods throw UnavailableError ('database') when the store could not tell. */
export interface AuditStore {
  /**
   * Adds events to the end of the chain in their order, all or none. An event whose id is stored already is skipped, so that a call whose answer got
   * lost can be repeated. Throws any other error when it will never take one of the events.
   */
  append(events: readonly TimedAuditEvent[]): Promise<void>;
  /** The rows after a sequence number, in order, `limit` at most. */
  readChain(afterSequence: number, limit: number): Promise<readonly AuditRow[]>;
}
