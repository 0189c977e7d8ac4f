import { AUDIT_CHAIN_START, linkAuditEvents } from '../../src/core/audit/audit-chain.ts';
import type { AuditRow } from '../../src/core/audit/audit-row.ts';
import type { AuditStore } from '../../src/core/audit/audit-store.ts';

/** An audit store in memory; `rows` is the table, for tests that look at it or change it. */
export interface MemoryAuditStore extends AuditStore {
  readonly rows: AuditRow[];
}

/** Creates an empty audit store. */
export function createMemoryAuditStore(): MemoryAuditStore {
  const rows: AuditRow[] = [];
  let turn = Promise.resolve();
  return {
    rows,
    append(events) {
      turn = turn.then(async () => {
        const known = new Set(rows.map(({ id }) => id));
        const byId = new Map(events.map((event) => [event.id, event]));
        const added = [...byId.values()].filter(({ id }) => !known.has(id));
        rows.push(...(await linkAuditEvents(rows.at(-1) ?? AUDIT_CHAIN_START, added)));
      });
      return turn;
    },
    readChain: async (afterSequence, limit) =>
      rows.filter(({ sequence }) => sequence > afterSequence).slice(0, limit),
  };
}
