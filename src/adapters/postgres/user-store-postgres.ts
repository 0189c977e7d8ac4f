import { and, eq, or, type SQL, sql } from 'drizzle-orm';
import {
  type NewUser,
  takesAdministration,
  type UserChange,
  type UserStore,
} from '../../core/users/user-store.ts';
import { createId, isId } from '../../identity/ids.ts';
import type { Database } from './database.ts';
import { guardLastAdmin } from './last-admin-guard.ts';
import { samplePasswordHashes } from './password-hash-sample-statement.ts';
import { oneTimeTokens, users } from './schema/users.ts';
import { listUsers } from './user-list-statement.ts';
import { isThere, toUser } from './user-row.ts';
import { takenMember } from './user-taken.ts';

/** Creates the users' store on Postgres. Every time is the database's clock. */
export function createPostgresUserStore(database: Database): UserStore {
  return {
    ...createLookups(database),
    ...createChanges(database),
    samplePasswordHashes: (count) => samplePasswordHashes(database, count),
    list: (query) => listUsers(database, query),
  };
}

function createLookups(database: Database): Pick<UserStore, 'findByLogin' | 'findById'> {
  const login = sql.placeholder('login');
  const findByLogin = database.db
    .select()
    .from(users)
    .where(and(or(eq(sql`lower(${users.email})`, login), eq(sql`lower(${users.username})`, login)), isThere))
    .prepare('find_user_by_login');
  const findById = database.db
    .select()
    .from(users)
    .where(isUser(sql.placeholder('id')))
    .prepare('find_user_by_id');

  return {
    async findByLogin(login) {
      // Postgres refuses NUL in texts, so nothing that it holds can match. In lower case as the limits on guesses have it: some
      // of its locales make ASCII of other letters.
      if (login.includes('\0')) return undefined;
      const [row] = await database.query(() => findByLogin.execute({ login: login.toLowerCase() }));
      return row && toUser(row);
    },
    async findById(userId) {
      if (!isId('user', userId)) return undefined;
      const [row] = await database.query(() => findById.execute({ id: userId }));
      return row && toUser(row);
    },
  };
}

function createChanges(
  database: Database,
): Pick<UserStore, 'create' | 'update' | 'setPasswordHash' | 'verifyEmail' | 'delete'> {
  async function set(userId: string, change: object, onlyIf: SQL | undefined): Promise<boolean> {
    if (!isId('user', userId)) return false;
    const isMeant = and(isUser(userId), onlyIf);
    const rows = await database.query((db) =>
      db.update(users).set(change).where(isMeant).returning({ id: users.id }),
    );
    return rows.length > 0;
  }

  /** Why a change of a user changed no row. */
  async function whyNothing(userId: string): Promise<'not_found' | 'last_admin'> {
    const [row] = await database.query((db) => db.select({ id: users.id }).from(users).where(isUser(userId)));
    return row === undefined ? 'not_found' : 'last_admin';
  }

  return {
    async create(user) {
      const insert = database.query((db) => db.insert(users).values(toNewRow(user)).returning());
      const outcome = await takenMember(insert);
      if (outcome.kind === 'taken') return outcome;
      const [row] = outcome.value;
      if (row === undefined) throw new Error('an inserted user was not returned');
      return { kind: 'created', user: toUser(row) };
    },
    async update(userId, change) {
      if (!isId('user', userId)) return { kind: 'not_found' };
      const outcome = await takenMember(updateUser(database, userId, change));
      if (outcome.kind === 'taken') return outcome;
      const [row] = outcome.value;
      return row === undefined ? { kind: await whyNothing(userId) } : { kind: 'updated', user: toUser(row) };
    },
    setPasswordHash: (userId, phc, onlyIf) =>
      set(userId, { passwordHash: phc }, onlyIf === undefined ? undefined : eq(users.passwordHash, onlyIf)),
    verifyEmail: (userId, email) =>
      set(userId, toChanges({ emailVerified: true }), eq(users.email, sql`lower(${email})`)),
    async delete(userId) {
      if (!isId('user', userId)) return 'not_found';
      return (await deleteUser(database, userId)) ? 'deleted' : whyNothing(userId);
    },
  };
}

function updateUser(database: Database, userId: string, change: UserChange) {
  return database.query((db) => {
    if (!takesAdministration(change))
      return db.update(users).set(toChanges(change)).where(isUser(userId)).returning();
    const { admins, keepsOne } = guardLastAdmin(db, userId);
    const isMeant = and(isUser(userId), keepsOne);
    return db.with(admins).update(users).set(toChanges(change)).where(isMeant).returning();
  });
}

/** In one statement, so that nothing is half done; a refused one leaves the tokens alone. */
async function deleteUser(database: Database, userId: string): Promise<boolean> {
  // Random, so that nobody can take the name first and so keep an account from being deleted.
  const name = `deleted-${createId('user')}`;
  const emptied = {
    email: `${name}@deleted.invalid`,
    username: name,
    displayName: null,
    passwordHash: null,
    roles: [],
    patientId: null,
    doctorId: null,
    emailVerifiedAt: null,
    disabledAt: sql`coalesce(${users.disabledAt}, now())`,
    deletedAt: sql`now()`,
  };
  const rows = await database.query((db) => {
    const { admins, keepsOne } = guardLastAdmin(db, userId);
    const isMeant = and(isUser(userId), keepsOne);
    const deleted = db
      .$with('deleted')
      .as(db.update(users).set(emptied).where(isMeant).returning({ id: users.id }));
    const dead = db
      .$with('dead')
      .as(
        db
          .delete(oneTimeTokens)
          .where(sql`${oneTimeTokens.userId} in (select id from ${deleted})`)
          .returning({ userId: oneTimeTokens.userId }),
      );
    return db.with(admins, deleted, dead).select().from(deleted);
  });
  return rows.length > 0;
}

function isUser(userId: unknown): SQL | undefined {
  return and(sql`${users.id} = ${userId}`, isThere);
}

function toNewRow(user: NewUser) {
  return {
    id: createId('user'),
    email: sql`lower(${user.email})`,
    username: user.username,
    displayName: user.displayName ?? null,
    passwordHash: user.passwordHash ?? null,
    roles: [...user.roles],
    patientId: user.patientId ?? null,
    doctorId: user.doctorId ?? null,
    emailVerifiedAt: user.emailVerified === true ? sql`now()` : null,
    disabledAt: user.disabled === true ? sql`now()` : null,
  };
}

function toChanges({ email, emailVerified, disabled, roles, ...rest }: UserChange) {
  return {
    // A statement that sets nothing is none, and a change of nothing still answers with the user.
    id: sql`${users.id}`,
    ...rest,
    ...(roles !== undefined && { roles: [...roles] }),
    ...(email !== undefined && { email: sql`lower(${email})` }),
    ...((email ?? emailVerified) !== undefined && { emailVerifiedAt: verifiedAt(email, emailVerified) }),
    ...(disabled !== undefined && {
      disabledAt: disabled ? sql`coalesce(${users.disabledAt}, now())` : null,
    }),
  };
}

/** When the address was verified, after a change; the address that it already is counts as no change. */
function verifiedAt(email: string | undefined, emailVerified: boolean | undefined): SQL {
  if (emailVerified === false) return sql`null`;
  const kept =
    email === undefined
      ? sql`${users.emailVerifiedAt}`
      : sql`case when ${users.email} = lower(${email}) then ${users.emailVerifiedAt} end`;
  return emailVerified === true ? sql`coalesce(${kept}, now())` : kept;
}
