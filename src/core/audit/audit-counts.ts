import { createOutcomeCounts } from '../../lib/outcome-counts.ts';
import type { AuditEvent, AuditEventType } from './audit-log.ts';

/** How often an event was recorded, by its names alone. */
export interface RecordedCount {
  readonly type: AuditEventType;
  readonly outcome: AuditEvent['outcome'];
  readonly reason: string | undefined;
  readonly count: number;
}

/** What became of the events of a process since its start. */
export interface AuditCounts {
  recorded(): readonly RecordedCount[];
  waiting(): number;
  stored(): number;
  /** Those that were written to the log because the store will never hold them, by why. */
  unstored(): ReadonlyMap<string, number>;
}

/** The side of the counts that the audit trail uses. */
export interface AuditCounter extends AuditCounts {
  record(event: AuditEvent): void;
  store(events: number): void;
  giveUp(because: string): void;
}

/** Creates the counts of an audit trail. Reasons are names of ours, so that they stay few. */
export function createAuditCounter(waiting: () => number): AuditCounter {
  const recorded = new Map<string, RecordedCount>();
  const unstored = createOutcomeCounts();
  let stored = 0;
  return {
    record({ type, outcome, reason }) {
      const key = `${type} ${outcome} ${reason ?? ''}`;
      recorded.set(key, { type, outcome, reason, count: (recorded.get(key)?.count ?? 0) + 1 });
    },
    store(events) {
      stored += events;
    },
    giveUp: unstored.add,
    recorded: () => [...recorded.values()],
    waiting,
    stored: () => stored,
    unstored: unstored.all,
  };
}
