import { createPostgresAuditStore } from '../adapters/postgres/audit-store-postgres.ts';
import type { Database } from '../adapters/postgres/database.ts';
import { type AuditTrail, createAuditTrail } from '../core/audit/audit-trail.ts';
import type { Log } from '../lib/log.ts';
import { systemTimer } from '../lib/system-timer.ts';

/** The audit trail on the database; it has to stop before the database closes. */
export function startAuditTrail(database: Database, log: Log): AuditTrail {
  const store = createPostgresAuditStore(database);
  return createAuditTrail({ store, clock: Date.now, timer: systemTimer, log });
}
