import { sql } from 'drizzle-orm';
import { bigint, check, customType, index, pgTable, text } from 'drizzle-orm/pg-core';
import { REVOCABLE_KINDS } from '../../../identity/revocation.ts';
import { instant } from './columns.ts';

/** The number of a transaction, which never comes again; as text, because it may be larger than a number is exact. */
const transactionId = customType<{ data: string }>({ dataType: () => 'xid8' });

/**
 * The log of revocations. Triggers write it, whoever revokes; a trigger holds that rows are only added, and removed when nothing of them matters any more.
 */
export const revocations = pgTable(
  'revocations',
  {
    sequence: bigint('sequence', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    /** By which a reader finds what was committed after its last look: the order of commits is not that of `sequence`. */
    transactionId: transactionId('transaction_id').notNull().default(sql`pg_current_xact_id()`),
    kind: text('kind', { enum: REVOCABLE_KINDS }).notNull(),
    subjectId: text('subject_id').notNull(),
    /** Not `now()`, which is when the transaction began: what was issued while it was open would seem newer than the revocation. */
    revokedAt: instant('revoked_at').notNull().default(sql`clock_timestamp()`),
  },
  (table) => [
    index('revocations_by_transaction').on(table.transactionId, table.sequence),
    index('revocations_by_time').on(table.revokedAt),
    index('revocations_by_subject').on(table.subjectId),
    check(
      'revocations_kind_known',
      sql`${table.kind} in ('session', 'user', 'client', 'api_key', 'key', 'token')`,
    ),
    check(
      'revocations_subject_of_kind',
      sql`${table.subjectId} ~ case ${table.kind} when 'session' then '^ses_[0-9a-f]{32}$' when 'user' then '^usr_[0-9a-f]{32}$' when 'client' then '^cli_[0-9a-f]{32}$' when 'api_key' then '^apk_[0-9a-f]{32}$' when 'key' then '^key_[0-9a-f]{32}$' else '^jti_[0-9a-f]{32}$' end`,
    ),
  ],
);
