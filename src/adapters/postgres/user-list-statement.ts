import { and, arrayContains, asc, eq, ilike, or, type SQL } from 'drizzle-orm';
import type { UserPage, UserStore } from '../../core/users/user-store.ts';
import { isBehind, pageOf } from './creation-order.ts';
import type { Database } from './database.ts';
import { users } from './schema/users.ts';
import { isThere, toUser } from './user-row.ts';

/** Lists users, oldest first. */
export async function listUsers(
  database: Database,
  { search, role, after, limit }: Parameters<UserStore['list']>[0],
): Promise<UserPage> {
  // Postgres refuses NUL in texts, so nothing that it holds can match.
  if (search?.includes('\0') || role?.includes('\0')) return { users: [], next: undefined };
  const rows = await database.query((db) =>
    db
      .select()
      .from(users)
      .where(
        and(
          isThere,
          search === undefined ? undefined : matches(search),
          role === undefined ? undefined : arrayContains(users.roles, [role]),
          isBehind(users, after),
        ),
      )
      .orderBy(asc(users.createdAt), asc(users.id))
      .limit(limit + 1),
  );
  const { page, next } = pageOf(rows, limit);
  return { users: page.map(toUser), next };
}

function matches(search: string): SQL | undefined {
  // What has a meaning in a pattern stands for itself.
  const part = `%${search.replace(/[\\%_]/g, '\\$&')}%`;
  return or(
    ilike(users.email, part),
    ilike(users.username, part),
    ilike(users.displayName, part),
    eq(users.id, search),
    eq(users.patientId, search),
    eq(users.doctorId, search),
  );
}
