import {
  type NewUser,
  takesAdministration,
  type UniqueMember,
  type User,
  type UserChange,
  type UserStore,
} from '../../../src/core/users/user-store.ts';
import { createId } from '../../../src/identity/ids.ts';
import { ADMIN_ROLE } from '../../../src/identity/role-name.ts';
import type { Clock } from '../../../src/lib/durations.ts';
import type { AppendRevocation } from './memory-revocation-log.ts';

/** The users' store in memory. */
export interface MemoryUserStore extends UserStore {
  /** Disables a user, as an administrator would. Does NOT end sessions. */
  disable(userId: string): void;
}

/** Creates the users' store on a map, which others may read. */
export function createMemoryUserStore(
  usersById: Map<string, User>,
  clock: Clock,
  revoked: AppendRevocation,
): MemoryUserStore {
  const all = () => [...usersById.values()];
  const store = (user: User) => {
    const before = usersById.get(user.id);
    const isLess = before !== undefined && losesAccess(before, user);
    const stored = isLess ? { ...user, revokedAt: new Date(revoked('user', user.id)) } : user;
    usersById.set(user.id, stored);
    return stored;
  };

  return {
    findByLogin: async (login) => all().find((user) => same(user.email, login) || same(user.username, login)),
    findById: async (userId) => usersById.get(userId),
    async create(added) {
      const member = takenMember(all(), added);
      if (member !== undefined) return { kind: 'taken', member };
      return { kind: 'created', user: store(toUser(added, clock())) };
    },
    async update(userId, change) {
      const user = usersById.get(userId);
      if (user === undefined) return { kind: 'not_found' };
      if (takesAdministration(change) && isLastAdmin(all(), user)) return { kind: 'last_admin' };
      const changed = withChange(user, change, clock());
      const others = all().filter(({ id }) => id !== userId);
      const member = takenMember(others, changed);
      if (member !== undefined) return { kind: 'taken', member };
      return { kind: 'updated', user: store(changed) };
    },
    async setPasswordHash(userId, passwordHash, onlyIf) {
      const user = usersById.get(userId);
      if (user === undefined || (onlyIf !== undefined && user.passwordHash !== onlyIf)) return false;
      store({ ...user, passwordHash });
      return true;
    },
    samplePasswordHashes: async (count) =>
      all()
        .map(({ passwordHash }) => passwordHash)
        .filter((hash) => hash !== undefined)
        .slice(0, count),
    async verifyEmail(userId, email) {
      const user = usersById.get(userId);
      if (user === undefined || !same(user.email, email)) return false;
      store(withChange(user, { emailVerified: true }, clock()));
      return true;
    },
    async delete(userId) {
      const user = usersById.get(userId);
      if (user === undefined) return 'not_found';
      if (isLastAdmin(all(), user)) return 'last_admin';
      usersById.delete(userId);
      revoked('user', userId);
      return 'deleted';
    },
    list: async (query) => listOf(all(), query),
    disable(userId) {
      const user = usersById.get(userId);
      if (user !== undefined) store(withChange(user, { disabled: true }, clock()));
    },
  };
}

/** What the trigger of Postgres looks at. */
function losesAccess(before: User, after: User): boolean {
  const isDisabled = before.disabledAt === undefined && after.disabledAt !== undefined;
  const losesLink = (['patientId', 'doctorId'] as const).some(
    (link) => before[link] !== undefined && before[link] !== after[link],
  );
  return isDisabled || losesLink || before.roles.some((role) => !after.roles.includes(role));
}

function isLastAdmin(users: readonly User[], user: User): boolean {
  const admins = users.filter(
    ({ roles, disabledAt }) => roles.includes(ADMIN_ROLE) && disabledAt === undefined,
  );
  return admins.length === 1 && admins[0]?.id === user.id;
}

function same(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && a.toLowerCase() === b?.toLowerCase();
}

function takenMember(
  users: readonly User[],
  wanted: Pick<NewUser, 'email' | 'username' | 'patientId' | 'doctorId'>,
): UniqueMember | undefined {
  if (users.some(({ email }) => same(email, wanted.email))) return 'email';
  if (users.some(({ username }) => same(username, wanted.username))) return 'username';
  const { patientId, doctorId } = wanted;
  if (patientId !== undefined && users.some((user) => user.patientId === patientId)) return 'patient_id';
  if (doctorId !== undefined && users.some((user) => user.doctorId === doctorId)) return 'doctor_id';
  return undefined;
}

function toUser({ emailVerified, disabled, ...added }: NewUser, nowMs: number): User {
  return {
    ...added,
    id: createId('user'),
    email: added.email.toLowerCase(),
    displayName: added.displayName,
    emailVerifiedAt: emailVerified === true ? new Date(nowMs) : undefined,
    disabledAt: disabled === true ? new Date(nowMs) : undefined,
    revokedAt: undefined,
    createdAt: new Date(nowMs),
  };
}

function withChange(user: User, change: UserChange, nowMs: number): User {
  const now = new Date(nowMs);
  const changed = <Value>(next: Value | null | undefined, kept: Value | undefined) =>
    next === undefined ? kept : (next ?? undefined);
  const email = change.email?.toLowerCase() ?? user.email;
  const keptVerified = email === user.email ? user.emailVerifiedAt : undefined;
  return {
    ...user,
    email,
    emailVerifiedAt:
      change.emailVerified === undefined
        ? keptVerified
        : change.emailVerified
          ? (keptVerified ?? now)
          : undefined,
    username: change.username ?? user.username,
    displayName: changed(change.displayName, user.displayName),
    roles: change.roles ?? user.roles,
    patientId: changed(change.patientId, user.patientId),
    doctorId: changed(change.doctorId, user.doctorId),
    disabledAt:
      change.disabled === undefined
        ? user.disabledAt
        : change.disabled
          ? (user.disabledAt ?? now)
          : undefined,
  };
}

function listOf(
  users: readonly User[],
  { search, role, after, limit }: Parameters<UserStore['list']>[0],
): Awaited<ReturnType<UserStore['list']>> {
  const isBehind = (user: User) => after === undefined || inOrder(after, user) < 0;
  const found = users
    .filter((user) => search === undefined || matches(user, search))
    .filter((user) => role === undefined || user.roles.includes(role))
    .filter(isBehind)
    .sort(inOrder);
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  return { users: page, next: last && { createdAt: last.createdAt, id: last.id } };
}

function matches({ email, username, displayName, id, patientId, doctorId }: User, search: string): boolean {
  const part = search.toLowerCase();
  return (
    [email, username, displayName].some((text) => text?.toLowerCase().includes(part)) ||
    [id, patientId, doctorId].includes(search)
  );
}

function inOrder(a: Pick<User, 'createdAt' | 'id'>, b: Pick<User, 'createdAt' | 'id'>): number {
  return a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : Number(a.id > b.id));
}
