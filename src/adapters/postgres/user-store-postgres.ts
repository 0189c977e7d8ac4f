import { eq, or, sql } from 'drizzle-orm';
import type { NewUser, User, UserStore } from '../../core/accounts/user-store.ts';
import { createId, isId } from '../../identity/ids.ts';
import type { Database } from './database.ts';
import { users } from './schema.ts';

/** Creates the users' store on Postgres. */
export function createPostgresUserStore(database: Database): UserStore {
  const login = sql`lower(${sql.placeholder('login')})`;
  const findByLogin = database.db
    .select()
    .from(users)
    .where(or(eq(sql`lower(${users.email})`, login), eq(sql`lower(${users.username})`, login)))
    .prepare('find_user_by_login');
  const findById = database.db
    .select()
    .from(users)
    .where(eq(users.id, sql.placeholder('id')))
    .prepare('find_user_by_id');

  return {
    async findByLogin(login) {
      // Postgres refuses NUL in texts, so nothing that it holds can match.
      if (login.includes('\0')) return undefined;
      const [row] = await database.query(() => findByLogin.execute({ login }));
      return row === undefined ? undefined : toUser(row);
    },
    async findById(userId) {
      if (!isId('user', userId)) return undefined;
      const [row] = await database.query(() => findById.execute({ id: userId }));
      return row === undefined ? undefined : toUser(row);
    },
    async create(user) {
      const [row] = await database.query((db) =>
        db.insert(users).values(toRow(user)).onConflictDoNothing().returning(),
      );
      return row === undefined ? { kind: 'taken' } : { kind: 'created', user: toUser(row) };
    },
  };
}

function toRow(user: NewUser) {
  return {
    id: createId('user'),
    email: sql`lower(${user.email})`,
    username: user.username,
    passwordHash: user.passwordHash ?? null,
    roles: [...user.roles],
    patientId: user.patientId ?? null,
    doctorId: user.doctorId ?? null,
  };
}

function toUser(row: typeof users.$inferSelect): User {
  return {
    ...row,
    passwordHash: row.passwordHash ?? undefined,
    patientId: row.patientId ?? undefined,
    doctorId: row.doctorId ?? undefined,
    disabledAt: row.disabledAt ?? undefined,
  };
}
