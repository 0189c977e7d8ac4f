import { sql } from 'drizzle-orm';
import { createId } from '../../identity/ids.ts';
import type { Database } from './database.ts';
import { users } from './schema/users.ts';

/**
 * Reads the hashes of some users at random: those that follow random ids, which are as random, so that each is one look-up in an index and the
 * size of the table does not matter. Users without a password give none.
 */
export async function samplePasswordHashes(database: Database, count: number): Promise<readonly string[]> {
  const probes = Array.from({ length: count }, () => createId('user'));
  const rows = await database.query((db) =>
    db.execute<{ password_hash: string | null }>(sql`
      select found.password_hash
      from unnest(string_to_array(${probes.join(' ')}, ' ')) as probe(id)
      cross join lateral (
        select ${users.passwordHash} from ${users} where ${users.id} >= probe.id order by ${users.id} limit 1
      ) as found`),
  );
  return rows.map((row) => row.password_hash).filter((hash) => hash !== null);
}
