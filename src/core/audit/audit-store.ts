import type { AuditChainHead } from './audit-chain.ts';
import type { TimedAuditEvent } from './audit-log.ts';
import type { AuditRow } from './audit-row.ts';

/** Which events are wanted: those to which everything applies that is not `undefined`. */
export interface AuditFilter {
  readonly type: AuditRow['type'] | undefined;
  /** The id of who did it. */
  readonly actorId: string | undefined;
  /** The user whom it concerns, as `concernedUserOf` tells. */
  readonly userId: string | undefined;
  /** The session in which it was done, or to which. */
  readonly sessionId: string | undefined;
  readonly outcome: AuditRow['outcome'] | undefined;
  readonly requestId: string | undefined;
  /** Not before. */
  readonly from: Date | undefined;
  /** Before. */
  readonly to: Date | undefined;
}

/** A place in the list of events: behind this one, which is older ones. */
export type AuditCursor = Pick<AuditRow, 'at' | 'sequence'>;

/** A part of the list of events, newest first. */
export interface AuditPage {
  readonly rows: readonly AuditRow[];
  /** Where the next page begins; `undefined` on the last. */
  readonly next: AuditCursor | undefined;
}

/** Port: the audit log at rest, a chain of hashes. Each method throws UnavailableError ('database') when the store could not tell. */
export interface AuditStore {
  /**
   * Adds events to the end of the chain in their order, all or none. An event whose id is stored already is skipped, so that a call whose answer got
   * lost can be repeated. Throws any other error when it will never take one of the events.
   */
  append(events: readonly TimedAuditEvent[]): Promise<void>;
  /** The end of the chain: the row with the highest sequence number. */
  readHead(): Promise<AuditChainHead>;
  /** The rows after a sequence number, in order, `limit` at most. */
  readChain(afterSequence: number, limit: number): Promise<readonly AuditRow[]>;
  /** Lists events by when they happened, newest first; those of one moment by sequence number. Does NOT verify the chain. */
  list(
    query: AuditFilter & { readonly after: AuditCursor | undefined; readonly limit: number },
  ): Promise<AuditPage>;
}
