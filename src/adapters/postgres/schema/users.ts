import { sql } from 'drizzle-orm';
import { check, index, pgTable, primaryKey, text, unique, uniqueIndex } from 'drizzle-orm/pg-core';
import { areRoleNames, bytea, instant, lower } from './columns.ts';

/** Users. The constraints hold what must never be true of an account, whoever writes. */
export const users = pgTable(
  'users',
  {
    id: text('id').primaryKey(),
    email: text('email').notNull(),
    username: text('username').notNull(),
    displayName: text('display_name'),
    passwordHash: text('password_hash'),
    roles: text('roles').array().notNull(),
    patientId: text('patient_id').unique('users_patient_id_unique'),
    doctorId: text('doctor_id').unique('users_doctor_id_unique'),
    emailVerifiedAt: instant('email_verified_at'),
    disabledAt: instant('disabled_at'),
    /** A deleted user stays as an empty row until nothing points to it. */
    deletedAt: instant('deleted_at'),
    /** When access was last taken from the user: what was issued until then is not good any more. A trigger writes it with the row of the log. */
    revokedAt: instant('revoked_at'),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex('users_email_unique').on(lower(table.email)),
    uniqueIndex('users_username_unique').on(lower(table.username)),
    index('users_created').on(table.createdAt, table.id),
    check('users_id_shape', sql`${table.id} ~ '^usr_[0-9a-f]{32}$'`),
    check(
      'users_email_shape',
      sql`${table.email} = lower(${table.email}) and position('@' in ${table.email}) > 1`,
    ),
    // A login is an e-mail address or a username: without the at sign no username is another user's address.
    check('users_username_shape', sql`${table.username} <> '' and position('@' in ${table.username}) = 0`),
    check('users_display_name_shape', sql`${table.displayName} <> ''`),
    // Our own hashes, and those of other systems until their owner's first log-in.
    check(
      'users_password_hash_shape',
      sql`${table.passwordHash} ~ '^(\\$argon2(id|i|d)|\\$2[aby]|\\$pbkdf2-sha(1|256|512)|\\$scrypt|pbkdf2_sha(1|256|512)|argon2)\\$'`,
    ),
    check('users_roles_shape', areRoleNames(table.roles)),
    check('users_patient_id_shape', sql`${table.patientId} <> ''`),
    check('users_doctor_id_shape', sql`${table.doctorId} <> ''`),
    check(
      'users_deleted_are_empty',
      sql`${table.deletedAt} is null or (${table.passwordHash} is null and ${table.patientId} is null and ${table.doctorId} is null and ${table.displayName} is null and ${table.disabledAt} is not null and ${table.roles} = '{}')`,
    ),
  ],
);

/** Links in mails: single use, hashed, and one of a kind for each user, so that a second request ends the first. */
export const oneTimeTokens = pgTable(
  'one_time_tokens',
  {
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    purpose: text('purpose', { enum: ['email_verification', 'password_reset', 'email_change'] }).notNull(),
    tokenHash: bytea('token_hash').notNull(),
    /** The address that the link was sent to. */
    email: text('email').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'one_time_tokens_one_of_a_kind', columns: [table.userId, table.purpose] }),
    unique('one_time_tokens_token_hash_unique').on(table.tokenHash),
    index('one_time_tokens_by_expiry').on(table.expiresAt),
    check(
      'one_time_tokens_purpose_known',
      sql`${table.purpose} in ('email_verification', 'password_reset', 'email_change')`,
    ),
    check('one_time_tokens_token_hash_is_sha256', sql`octet_length(${table.tokenHash}) = 32`),
  ],
);
