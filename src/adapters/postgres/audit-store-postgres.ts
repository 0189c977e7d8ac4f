import { asc, desc, gt, inArray } from 'drizzle-orm';
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import { AUDIT_CHAIN_START, type AuditChainHead, linkAuditEvents } from '../../core/audit/audit-chain.ts';
import type { TimedAuditEvent } from '../../core/audit/audit-log.ts';
import type { AuditStore } from '../../core/audit/audit-store.ts';
import { UnavailableError } from '../../lib/unavailable-error.ts';
import { toAuditRow } from './audit-event-row.ts';
import { listAuditEvents } from './audit-list-statement.ts';
import type { Database } from './database.ts';
import { StatementError } from './database-errors.ts';
import { auditEvents } from './schema/audit.ts';

type Reading = Pick<PostgresJsDatabase, 'select'>;

// Each lost turn means that another writer went on; so many in a row are no accident.
const TURNS_MAX = 200;
const UNIQUE_VIOLATION = '23505';

/**
 * Creates the audit store on Postgres. The chain has one end because a sequence number is given once: of two writers that saw the same end, the
 * primary key lets one through whole, and the other looks again. Without a transaction, as the driver (3.4.9) throws where nobody can catch it
 * when the server goes away in the middle of one. @see porsager/postgres issue 1208
 */
export function createPostgresAuditStore(database: Database): AuditStore {
  async function tryToAppend(events: readonly TimedAuditEvent[]): Promise<'appended' | 'overtaken'> {
    const added = await database.query((db) => withoutKnown(db, events));
    const head = await database.query((db) => readHead(db));
    const rows = await linkAuditEvents(head, added);
    if (rows.length === 0) return 'appended';
    try {
      await database.query((db) => db.insert(auditEvents).values([...rows]));
      return 'appended';
    } catch (error) {
      if (error instanceof StatementError && error.sqlState === UNIQUE_VIOLATION) return 'overtaken';
      throw error;
    }
  }

  return {
    async append(events) {
      if (events.length === 0) return;
      for (let turn = 0; turn < TURNS_MAX; turn += 1) if ((await tryToAppend(events)) === 'appended') return;
      throw new UnavailableError('database', 'other writers of the audit log were always first');
    },
    readHead: () => database.query((db) => readHead(db)),
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
    list: (query) => listAuditEvents(database, query),
  };
}

async function withoutKnown(
  db: Reading,
  events: readonly TimedAuditEvent[],
): Promise<readonly TimedAuditEvent[]> {
  const byId = new Map(events.map((event) => [event.id, event]));
  const { id } = auditEvents;
  const known = await db
    .select({ id })
    .from(auditEvents)
    .where(inArray(id, [...byId.keys()]));
  for (const row of known) byId.delete(row.id);
  return [...byId.values()];
}

async function readHead(db: Reading): Promise<AuditChainHead> {
  const { sequence, hash } = auditEvents;
  const [head] = await db.select({ sequence, hash }).from(auditEvents).orderBy(desc(sequence)).limit(1);
  return head ?? AUDIT_CHAIN_START;
}
