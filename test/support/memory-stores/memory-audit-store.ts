import { AUDIT_CHAIN_START, linkAuditEvents } from '../../../src/core/audit/audit-chain.ts';
import { type AuditRow, concernedUserOf } from '../../../src/core/audit/audit-row.ts';
import type { AuditCursor, AuditFilter, AuditStore } from '../../../src/core/audit/audit-store.ts';

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
    readHead: async () => {
      const { sequence, hash } = rows.at(-1) ?? AUDIT_CHAIN_START;
      return { sequence, hash };
    },
    readChain: async (afterSequence, limit) =>
      rows.filter(({ sequence }) => sequence > afterSequence).slice(0, limit),
    async list({ after, limit, ...filter }) {
      const found = rows
        .filter((row) => fits(row, filter) && (after === undefined || newestFirst(after, row) < 0))
        .sort(newestFirst);
      const page = found.slice(0, limit);
      const last = found.length > limit ? page.at(-1) : undefined;
      return { rows: page, next: last && { at: last.at, sequence: last.sequence } };
    },
  };
}

function fits(row: AuditRow, { userId, sessionId, from, to, ...rest }: AuditFilter): boolean {
  const { type, actorId, outcome, requestId } = rest;
  return (
    (type ?? row.type) === row.type &&
    (actorId ?? row.actorId) === row.actorId &&
    (outcome ?? row.outcome) === row.outcome &&
    (requestId ?? row.requestId) === row.requestId &&
    (userId ?? concernedUserOf(row)) === concernedUserOf(row) &&
    (sessionId === undefined || [row.sessionId, row.targetId].includes(sessionId)) &&
    (from === undefined || row.at >= from) &&
    (to === undefined || row.at < to)
  );
}

function newestFirst(one: AuditCursor, other: AuditCursor): number {
  return other.at.getTime() - one.at.getTime() || other.sequence - one.sequence;
}
