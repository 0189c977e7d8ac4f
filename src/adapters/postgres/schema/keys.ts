import { sql } from 'drizzle-orm';
import { check, integer, pgTable, text } from 'drizzle-orm/pg-core';
import { instant } from './columns.ts';

/** Signing keys: the public part open, the private part sealed. Their times say which is next, current, previous or gone. */
export const signingKeys = pgTable(
  'signing_keys',
  {
    id: text('id').primaryKey(),
    algorithm: text('algorithm').notNull(),
    publicJwk: text('public_jwk').notNull(),
    sealedPrivateJwk: text('sealed_private_jwk').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    /** Published before, signs from then on, until a later key does. */
    signsFrom: instant('signs_from').notNull().defaultNow(),
    /** When the last token that it signed is dead; unknown while it signs. */
    publishedUntil: instant('published_until'),
    revokedAt: instant('revoked_at'),
    /** The phase that was last told to the audit log; unknown for keys from before this column. */
    notedPhase: text('noted_phase', { enum: ['next', 'signing', 'gone', 'revoked'] }),
  },
  (table) => [
    check('signing_keys_id_shape', sql`${table.id} ~ '^key_[0-9a-f]{32}$'`),
    check(
      'signing_keys_noted_phase_known',
      sql`${table.notedPhase} in ('next', 'signing', 'gone', 'revoked')`,
    ),
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

/** The keys that refresh tokens are authenticated with, sealed; each session's own key is derived from one of them. */
export const refreshKeys = pgTable(
  'refresh_keys',
  {
    id: text('id').primaryKey(),
    sealedKey: text('sealed_key').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [
    check('refresh_keys_id_shape', sql`${table.id} ~ '^rfk_[0-9a-f]{32}$'`),
    check('refresh_keys_is_sealed', sql`${table.sealedKey} like 'v1.%'`),
  ],
);

/** The sets of keys that are changed as one. */
export type KeyRing = 'signing' | 'refresh';

/** How often the keys of each ring were changed: who saw another version than this has not seen all keys, and may not change them. */
export const keyRingVersions = pgTable(
  'key_ring_versions',
  {
    ring: text('ring').$type<KeyRing>().primaryKey(),
    version: integer('version').notNull(),
  },
  (table) => [check('key_ring_versions_ring_known', sql`${table.ring} in ('signing', 'refresh')`)],
);
