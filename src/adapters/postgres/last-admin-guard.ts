import { and, asc, type SQL, sql } from 'drizzle-orm';
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import { ADMIN_ROLE } from '../../identity/role-name.ts';
import { users } from './schema/users.ts';
import { isThere } from './user-row.ts';

const isActiveAdmin = sql`(${ADMIN_ROLE} = any(${users.roles}) and ${users.disabledAt} is null)`;

/**
 * Keeps a statement that takes the administration from a user from leaving nobody who has it: the statement names `admins` in its `with`, and `keepsOne` is a
 * part of its condition. Administrators are locked in the order of their ids until one other than the user is found, so of two who take it from
 * each other the second waits for the first, and finds nobody left.
 */
export function guardLastAdmin(
  db: PostgresJsDatabase,
  userId: string,
): { readonly admins: ReturnType<typeof selectAdmins>; readonly keepsOne: SQL } {
  const admins = selectAdmins(db);
  const others = sql`select 1 from ${admins} where ${admins.id} <> ${userId}`;
  return { admins, keepsOne: sql`(not ${isActiveAdmin} or exists (${others}))` };
}

function selectAdmins(db: PostgresJsDatabase) {
  const active = db
    .select({ id: users.id })
    .from(users)
    .where(and(isActiveAdmin, isThere))
    .orderBy(asc(users.id))
    .for('update');
  return db.$with('admins').as(active);
}
