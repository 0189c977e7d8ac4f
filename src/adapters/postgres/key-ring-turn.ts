import { type SQL, sql } from 'drizzle-orm';
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import { UnavailableError } from '../../lib/unavailable-error.ts';
import { type KeyRing, keyRingVersions } from './schema/keys.ts';

// Each lost turn means that another process changed the keys; so many in a row are no accident.
const TURNS_MAX = 50;

/**
 * Reads how often the keys of a ring were changed, and the database's clock in milliseconds. Whoever reads the keys after that and takes the turn
 * behind this version has seen all of them.
 */
export async function readKeyRing(
  db: Pick<PostgresJsDatabase, 'execute'>,
  ring: KeyRing,
): Promise<{ readonly version: number; readonly now: Date }> {
  const [row] = await db.execute<{ version: number; ms: number }>(
    sql`select coalesce((select version from ${keyRingVersions} where ring = ${ring}), 0) as version,
      floor(extract(epoch from clock_timestamp()) * 1000)::float8 as ms`,
  );
  return { version: Number(row?.version), now: new Date(Number(row?.ms)) };
}

/**
 * The part of a changing statement that gives one row when nobody has changed the ring since that version, and none otherwise: of two that
 * saw the same version, the second waits for the first and finds another one. What the statement changes must hang on that row.
 *
 * Neither a transaction nor an advisory lock: the driver (3.4.9) throws where nobody can catch it when the server goes away inside a
 * transaction, and a session's lock is lost unseen when its connection is made anew. @see porsager/postgres issues 1066, 1154, 1208
 */
export function takeKeyRingTurn(ring: KeyRing, version: number): SQL {
  return sql`insert into ${keyRingVersions} as held (ring, version) values (${ring}, ${version}::int + 1)
    on conflict (ring) do update set version = excluded.version where held.version = ${version}::int
    returning held.version`;
}

/** Tries until an attempt gives something else than `overtaken`. Throws UnavailableError ('database') when others were always first. */
export async function untilTurn<Value>(attempt: () => Promise<Value | 'overtaken'>): Promise<Value> {
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    const outcome = await attempt();
    if (outcome !== 'overtaken') return outcome;
  }
  throw new UnavailableError('database', 'other processes were always first to change the keys');
}
