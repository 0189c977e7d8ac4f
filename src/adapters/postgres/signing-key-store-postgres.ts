import { and, asc, eq, sql } from 'drizzle-orm';
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import type {
  KeyChange,
  SigningKeyListing,
  SigningKeyStore,
  StoredSigningKey,
} from '../../core/keys/signing-key-store.ts';
import type { Database } from './database.ts';
import { readKeyRing, takeKeyRingTurn, untilTurn } from './key-ring-turn.ts';
import { signingKeys } from './schema/keys.ts';

interface SeenKeys {
  readonly version: number;
  readonly listing: SigningKeyListing;
}

/** Creates the signing keys' store on Postgres. A change is one statement that counts only for who saw the newest keys. */
export function createPostgresSigningKeyStore(database: Database): SigningKeyStore {
  const list = async () => (await database.query(read)).listing;
  return {
    list,
    change: (decide) =>
      untilTurn(async () => {
        const seen = await database.query(read);
        const change = await decide(seen.listing);
        if (change === undefined) return seen.listing;
        return (await database.query((db) => apply(db, change, seen))) ? list() : 'overtaken';
      }),
    replaceSealed: (id, from, to) =>
      database.query(async (db) => {
        const replaced = await db
          .update(signingKeys)
          .set({ sealedPrivateJwk: to })
          .where(and(eq(signingKeys.id, id), eq(signingKeys.sealedPrivateJwk, from)))
          .returning({ id: signingKeys.id });
        return replaced.length > 0;
      }),
  };
}

async function read(db: PostgresJsDatabase): Promise<SeenKeys> {
  // The keys are read after the version: what is changed in between is seen, and the turn behind this version is gone.
  const { version, now } = await readKeyRing(db, 'signing');
  const rows = await db.select().from(signingKeys).orderBy(asc(signingKeys.createdAt), asc(signingKeys.id));
  return { version, listing: { now, keys: rows.map(toKey) } };
}

/** Changes the keys if they still are the ones that were seen; tells whether they were. */
async function apply(
  db: PostgresJsDatabase,
  { add, times }: KeyChange,
  { version, listing }: SeenKeys,
): Promise<boolean> {
  const added = add === undefined ? [] : [{ ...add, createdAt: listing.now }];
  const turns = await db.execute(sql`
    with turn as (${takeKeyRingTurn('signing', version)}),
    added as (
      insert into ${signingKeys} (id, algorithm, public_jwk, sealed_private_jwk, created_at, signs_from, noted_phase)
      select key.* from turn, jsonb_to_recordset(${JSON.stringify(added)}::jsonb) as key
        (id text, algorithm text, "publicJwk" text, "sealedPrivateJwk" text, "createdAt" timestamptz, "signsFrom" timestamptz, "notedPhase" text)
    ),
    timed as (
      update ${signingKeys} as stored
      set signs_from = key."signsFrom", published_until = key."publishedUntil", revoked_at = key."revokedAt",
        noted_phase = key."notedPhase"
      from turn, jsonb_to_recordset(${JSON.stringify(times)}::jsonb) as key
        (id text, "signsFrom" timestamptz, "publishedUntil" timestamptz, "revokedAt" timestamptz, "notedPhase" text)
      where stored.id = key.id
    )
    select version from turn`);
  return turns.length > 0;
}

function toKey(row: typeof signingKeys.$inferSelect): StoredSigningKey {
  const { publishedUntil, revokedAt, notedPhase, ...key } = row;
  return {
    ...key,
    publishedUntil: publishedUntil ?? undefined,
    revokedAt: revokedAt ?? undefined,
    notedPhase: notedPhase ?? undefined,
  };
}
