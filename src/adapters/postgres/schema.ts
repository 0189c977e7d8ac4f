import { type SQL, sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  check,
  customType,
  index,
  pgTable,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core';

const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' });

// Milliseconds, as `Date` holds them: what was read is equal to what is stored.
const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

const lower = (column: AnyPgColumn): SQL => sql`lower(${column})`;

/** Users. The constraints hold what must never be true of an account, whoever writes. */
export const users = pgTable(
  'users',
  {
    id: text('id').primaryKey(),
    email: text('email').notNull(),
    username: text('username').notNull(),
    passwordHash: text('password_hash'),
    roles: text('roles').array().notNull(),
    patientId: text('patient_id').unique('users_patient_id_unique'),
    doctorId: text('doctor_id').unique('users_doctor_id_unique'),
    disabledAt: instant('disabled_at'),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex('users_email_unique').on(lower(table.email)),
    uniqueIndex('users_username_unique').on(lower(table.username)),
    check('users_id_shape', sql`${table.id} ~ '^usr_[0-9a-f]{32}$'`),
    check(
      'users_email_shape',
      sql`${table.email} = lower(${table.email}) and position('@' in ${table.email}) > 1`,
    ),
    // A login is an e-mail address or a username: without the at sign no username is another user's address.
    check('users_username_shape', sql`${table.username} <> '' and position('@' in ${table.username}) = 0`),
    check('users_password_hash_shape', sql`${table.passwordHash} like '$argon2id$%'`),
    // Role names are joined by commas in a header; the count tells an element 'a,admin' from two roles.
    check(
      'users_roles_shape',
      sql`(${table.roles} = '{}' or array_to_string(${table.roles}, ',') ~ '^[a-z0-9][a-z0-9_.:-]{0,127}(,[a-z0-9][a-z0-9_.:-]{0,127})*$') and cardinality(string_to_array(array_to_string(${table.roles}, ','), ',')) = cardinality(${table.roles})`,
    ),
    check('users_patient_id_shape', sql`${table.patientId} <> ''`),
    check('users_doctor_id_shape', sql`${table.doctorId} <> ''`),
  ],
);

/** Sessions. Only a hash of a browser's token is kept; ended sessions stay for evidence. */
export const sessions = pgTable(
  'sessions',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    state: text('state', { enum: ['active', 'revoked', 'expired', 'compromised'] })
      .notNull()
      .default('active'),
    transport: text('transport', { enum: ['bearer', 'cookie'] }).notNull(),
    tokenHash: bytea('token_hash').unique('sessions_token_hash_unique'),
    createdAt: instant('created_at').notNull().defaultNow(),
    lastSeenAt: instant('last_seen_at').notNull().defaultNow(),
    expiresAt: instant('expires_at').notNull(),
    endedAt: instant('ended_at'),
    clientAddress: text('client_address'),
    userAgent: text('user_agent'),
  },
  (table) => [
    index('sessions_active_of_user').on(table.userId).where(sql`${table.state} = 'active'`),
    index('sessions_ended').on(table.endedAt).where(sql`${table.endedAt} is not null`),
    check('sessions_id_shape', sql`${table.id} ~ '^ses_[0-9a-f]{32}$'`),
    check('sessions_state_known', sql`${table.state} in ('active', 'revoked', 'expired', 'compromised')`),
    check('sessions_transport_known', sql`${table.transport} in ('bearer', 'cookie')`),
    check(
      'sessions_token_hash_of_cookie',
      sql`(${table.transport} = 'cookie') = (${table.tokenHash} is not null)`,
    ),
    check('sessions_token_hash_is_sha256', sql`octet_length(${table.tokenHash}) = 32`),
    check('sessions_ended_unless_active', sql`(${table.state} = 'active') = (${table.endedAt} is null)`),
    check('sessions_expire_after_creation', sql`${table.expiresAt} > ${table.createdAt}`),
  ],
);

/** Signing keys: the public part open, the private part sealed. */
export const signingKeys = pgTable(
  'signing_keys',
  {
    id: text('id').primaryKey(),
    algorithm: text('algorithm').notNull(),
    publicJwk: text('public_jwk').notNull(),
    sealedPrivateJwk: text('sealed_private_jwk').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [
    check('signing_keys_id_shape', sql`${table.id} ~ '^key_[0-9a-f]{32}$'`),
    check('signing_keys_algorithm_known', sql`${table.algorithm} in ('RS256', 'ES256', 'EdDSA')`),
    check(
      'signing_keys_public_is_public',
      sql`coalesce(${table.publicJwk}::jsonb ->> 'kty', '') in ('RSA', 'EC', 'OKP') and (${table.publicJwk}::jsonb ->> 'd') is null`,
    ),
    check(
      'signing_keys_private_is_sealed',
      sql`${table.sealedPrivateJwk} <> '' and ${table.sealedPrivateJwk} not like '{%'`,
    ),
  ],
);
