import { sql } from 'drizzle-orm';
import { check, index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { areAudiences, areRoleNames, areScopes, bytea, instant } from './columns.ts';

/** OAuth clients: programs that act for themselves. A secret is kept as a hash; of a key pair only the public part is known. */
export const clients = pgTable(
  'clients',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    authMethod: text('auth_method', {
      enum: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    }).notNull(),
    secretHash: bytea('secret_hash'),
    /** A list of public keys in JSON. */
    jwks: text('jwks'),
    roles: text('roles').array().notNull(),
    scopes: text('scopes').array().notNull(),
    /** What it is called itself. */
    audience: text('audience'),
    /** For whom it may exchange tokens of users. */
    audiences: text('audiences').array().notNull().default([]),
    disabledAt: instant('disabled_at'),
    lastUsedAt: instant('last_used_at'),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [
    index('clients_created').on(table.createdAt, table.id),
    check('clients_id_shape', sql`${table.id} ~ '^cli_[0-9a-f]{32}$'`),
    check('clients_name_shape', sql`${table.name} <> ''`),
    check(
      'clients_auth_method_known',
      sql`${table.authMethod} in ('client_secret_basic', 'client_secret_post', 'private_key_jwt')`,
    ),
    check(
      'clients_credential_of_method',
      sql`(${table.authMethod} <> 'private_key_jwt') = (${table.secretHash} is not null) and (${table.authMethod} = 'private_key_jwt') = (${table.jwks} is not null)`,
    ),
    check('clients_secret_hash_is_sha256', sql`octet_length(${table.secretHash}) = 32`),
    check('clients_roles_shape', areRoleNames(table.roles)),
    check('clients_scopes_shape', areScopes(table.scopes)),
    check('clients_audience_shape', sql`${table.audience} ~ '^[!-~]+$' and length(${table.audience}) <= 256`),
    check('clients_audiences_shape', areAudiences(table.audiences)),
  ],
);

/** The `jti` of client assertions that were used, until they expire: each is good once. @see RFC 7523, section 3 */
export const clientAssertions = pgTable(
  'client_assertions',
  {
    clientId: text('client_id')
      .notNull()
      .references(() => clients.id, { onDelete: 'cascade' }),
    jtiHash: bytea('jti_hash').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'client_assertions_once', columns: [table.clientId, table.jtiHash] }),
    index('client_assertions_by_expiry').on(table.expiresAt),
  ],
);

/** API keys: only a hash of each, and the few characters by which its owner knows it again. */
export const apiKeys = pgTable(
  'api_keys',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    keyHash: bytea('key_hash').notNull().unique('api_keys_key_hash_unique'),
    hint: text('hint').notNull(),
    roles: text('roles').array().notNull(),
    scopes: text('scopes').array().notNull(),
    /** Who made it: a user's id, or nobody where the command line did. */
    createdBy: text('created_by'),
    createdAt: instant('created_at').notNull().defaultNow(),
    expiresAt: instant('expires_at'),
    lastUsedAt: instant('last_used_at'),
    revokedAt: instant('revoked_at'),
  },
  (table) => [
    index('api_keys_created').on(table.createdAt, table.id),
    check('api_keys_id_shape', sql`${table.id} ~ '^apk_[0-9a-f]{32}$'`),
    check('api_keys_name_shape', sql`${table.name} <> ''`),
    check('api_keys_key_hash_is_sha256', sql`octet_length(${table.keyHash}) = 32`),
    check('api_keys_roles_shape', areRoleNames(table.roles)),
    check('api_keys_scopes_shape', areScopes(table.scopes)),
  ],
);
