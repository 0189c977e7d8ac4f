import { asc, desc, gt, inArray, sql } from 'drizzle-orm';
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import { AUDIT_CHAIN_START, type AuditChainHead, linkAuditEvents } from '../../core/audit/audit-chain.ts';
import type { TimedAuditEvent } from '../../core/audit/audit-log.ts';
import type { AuditRow } from '../../core/audit/audit-row.ts';
import type { AuditStore } from '../../core/audit/audit-store.ts';
import { advisoryLocks } from './advisory-locks.ts';
import type { Database } from './database.ts';
import { auditEvents } from './schema/audit.ts';

type Transaction = Pick<PostgresJsDatabase, 'select'>;

/** Creates the audit store on Postgres. Whoever appends waits for who appends now, in any process, so that the chain has one end. */
export function createPostgresAuditStore(database: Database): AuditStore {
  return {
    async append(events) {
      if (events.length === 0) return;
      await database.query((db) =>
        db.transaction(
          async (transaction) => {
            await transaction.execute(sql`select pg_advisory_xact_lock(${advisoryLocks.auditChain})`);
            const added = await withoutKnown(transaction, events);
            const rows = await linkAuditEvents(await readHead(transaction), added);
            if (rows.length > 0) await transaction.insert(auditEvents).values([...rows]);
          },
          // Each statement must see what was committed before the lock was got: a snapshot of the whole transaction may be older.
          { isolationLevel: 'read committed' },
        ),
      );
    },
    async readChain(afterSequence, limit) {
      const rows = await database.query((db) =>
        db
          .select()
          .from(auditEvents)
          .where(gt(auditEvents.sequence, afterSequence))
          .orderBy(asc(auditEvents.sequence))
          .limit(limit),
      );
      return rows.map(toAuditRow);
    },
  };
}

async function withoutKnown(
  transaction: Transaction,
  events: readonly TimedAuditEvent[],
): Promise<readonly TimedAuditEvent[]> {
  const byId = new Map(events.map((event) => [event.id, event]));
  const { id } = auditEvents;
  const known = await transaction
    .select({ id })
    .from(auditEvents)
    .where(inArray(id, [...byId.keys()]));
  for (const row of known) byId.delete(row.id);
  return [...byId.values()];
}

async function readHead(transaction: Transaction): Promise<AuditChainHead> {
  const { sequence, hash } = auditEvents;
  const [head] = await transaction
    .select({ sequence, hash })
    .from(auditEvents)
    .orderBy(desc(sequence))
    .limit(1);
  return head ?? AUDIT_CHAIN_START;
}

function toAuditRow(row: typeof auditEvents.$inferSelect): AuditRow {
  return {
    ...row,
    // Columns of names that only we write; what somebody else put there shows as an altered row.
    type: row.type as AuditRow['type'],
    actorKind: row.actorKind as AuditRow['actorKind'],
    targetKind: (row.targetKind ?? undefined) as AuditRow['targetKind'],
    reason: row.reason ?? undefined,
    actorId: row.actorId ?? undefined,
    targetId: row.targetId ?? undefined,
    sessionId: row.sessionId ?? undefined,
    requestId: row.requestId ?? undefined,
    clientAddress: row.clientAddress ?? undefined,
    details: row.details as AuditRow['details'],
    previousHash: new Uint8Array(row.previousHash),
    hash: new Uint8Array(row.hash),
  };
}
