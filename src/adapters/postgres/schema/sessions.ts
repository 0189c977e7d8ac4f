import { sql } from 'drizzle-orm';
import { check, index, integer, pgTable, smallint, text } from 'drizzle-orm/pg-core';
import { bytea, instant } from './columns.ts';
import { users } from './users.ts';

/** Sessions. Only a hash of a browser's token is kept; ended sessions stay for evidence. */
export const sessions = pgTable(
  'sessions',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    /** The OAuth client that it belongs to; none for our own. No foreign key: a session outlives its client, as evidence. */
    clientId: text('client_id'),
    state: text('state', { enum: ['active', 'revoked', 'expired', 'compromised'] })
      .notNull()
      .default('active'),
    transport: text('transport', { enum: ['bearer', 'cookie', 'token_cookies'] }).notNull(),
    tokenHash: bytea('token_hash').unique('sessions_token_hash_unique'),
    /** The counter of the refresh token that is good now; of sessions without refresh tokens there is none. */
    refreshCounter: integer('refresh_counter'),
    refreshRotatedAt: instant('refresh_rotated_at'),
    /** How often the predecessor was answered with the same successor. */
    refreshGraceUses: smallint('refresh_grace_uses').notNull().default(0),
    /** How the user was authenticated. @see RFC 8176 (amr) */
    amr: text('amr').array().notNull().default(['pwd']),
    acr: text('acr').notNull().default('aal1'),
    createdAt: instant('created_at').notNull().defaultNow(),
    lastSeenAt: instant('last_seen_at').notNull().defaultNow(),
    expiresAt: instant('expires_at').notNull(),
    endedAt: instant('ended_at'),
    clientAddress: text('client_address'),
    userAgent: text('user_agent'),
  },
  (table) => [
    index('sessions_active_of_user').on(table.userId).where(sql`${table.state} = 'active'`),
    index('sessions_active_by_expiry').on(table.expiresAt).where(sql`${table.state} = 'active'`),
    index('sessions_ended').on(table.endedAt).where(sql`${table.endedAt} is not null`),
    check('sessions_id_shape', sql`${table.id} ~ '^ses_[0-9a-f]{32}$'`),
    check('sessions_client_id_shape', sql`${table.clientId} ~ '^cli_[0-9a-f]{32}$'`),
    check('sessions_client_of_bearer', sql`${table.clientId} is null or ${table.transport} = 'bearer'`),
    check('sessions_state_known', sql`${table.state} in ('active', 'revoked', 'expired', 'compromised')`),
    check('sessions_transport_known', sql`${table.transport} in ('bearer', 'cookie', 'token_cookies')`),
    check(
      'sessions_token_hash_of_cookie',
      sql`(${table.transport} = 'cookie') = (${table.tokenHash} is not null)`,
    ),
    check('sessions_token_hash_is_sha256', sql`octet_length(${table.tokenHash}) = 32`),
    check(
      'sessions_refresh_not_of_cookie',
      sql`${table.refreshCounter} is null or (${table.transport} <> 'cookie' and ${table.refreshCounter} >= 0 and ${table.refreshRotatedAt} is not null)`,
    ),
    check('sessions_ended_unless_active', sql`(${table.state} = 'active') = (${table.endedAt} is null)`),
    check('sessions_expire_after_creation', sql`${table.expiresAt} > ${table.createdAt}`),
  ],
);
