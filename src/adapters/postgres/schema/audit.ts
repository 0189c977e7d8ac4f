import { sql } from 'drizzle-orm';
import { bigint, check, index, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import { bytea, instant } from './columns.ts';

/** What happened. Rows are only ever added (a trigger holds it), and each carries the hash of the one before. */
export const auditEvents = pgTable(
  'audit_events',
  {
    /** Without gaps, from 1. */
    sequence: bigint('sequence', { mode: 'number' }).primaryKey(),
    /** Made where it happened, so that an event that is sent twice is stored once. */
    id: text('id').notNull().unique(),
    at: instant('at').notNull(),
    type: text('type').notNull(),
    outcome: text('outcome', { enum: ['success', 'refused'] }).notNull(),
    reason: text('reason'),
    actorKind: text('actor_kind').notNull(),
    actorId: text('actor_id'),
    targetKind: text('target_kind'),
    targetId: text('target_id'),
    sessionId: text('session_id'),
    requestId: text('request_id'),
    clientAddress: text('client_address'),
    details: jsonb('details').notNull().default({}),
    previousHash: bytea('previous_hash').notNull(),
    hash: bytea('hash').notNull(),
  },
  (table) => [
    index('audit_events_at').on(table.at),
    index('audit_events_of_actor').on(table.actorId, table.sequence),
    index('audit_events_of_target').on(table.targetId, table.sequence),
    check('audit_events_outcome_known', sql`${table.outcome} in ('success', 'refused')`),
    check(
      'audit_events_hashes_are_sha256',
      sql`octet_length(${table.hash}) = 32 and octet_length(${table.previousHash}) = 32`,
    ),
  ],
);
