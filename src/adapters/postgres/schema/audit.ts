import { type SQL, sql } from 'drizzle-orm';
import { type AnyPgColumn, bigint, check, index, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import { bytea, instant } from './columns.ts';

/** The user whom a row concerns, as the core's `concernedUserOf` tells; written in one way, so that a query meets the index. */
export const concernedUserId = (
  row: Readonly<Record<'details' | 'targetKind' | 'targetId' | 'actorKind' | 'actorId', AnyPgColumn>>,
): SQL =>
  sql`coalesce(${row.details} ->> 'user_id', case ${row.targetKind} when 'user' then ${row.targetId} when 'session' then case ${row.actorKind} when 'user' then ${row.actorId} end end)`;

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
    // Each for one filter of the list, newest first.
    index('audit_events_newest').on(table.at, table.sequence),
    index('audit_events_of_actor').on(table.actorId, table.at, table.sequence),
    index('audit_events_of_target').on(table.targetId, table.at, table.sequence),
    index('audit_events_of_session').on(table.sessionId, table.at, table.sequence),
    index('audit_events_of_user').on(concernedUserId(table), table.at, table.sequence),
    index('audit_events_of_type').on(table.type, table.at, table.sequence),
    index('audit_events_of_request').on(table.requestId),
    index('audit_events_refused').on(table.at, table.sequence).where(sql`${table.outcome} = 'refused'`),
    check('audit_events_outcome_known', sql`${table.outcome} in ('success', 'refused')`),
    check(
      'audit_events_hashes_are_sha256',
      sql`octet_length(${table.hash}) = 32 and octet_length(${table.previousHash}) = 32`,
    ),
  ],
);
