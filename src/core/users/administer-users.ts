import { isId } from '../../identity/ids.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import type { AuditEvent, AuditLog, AuditOrigin } from '../audit/audit-log.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { PasswordFault, PasswordPolicy } from '../passwords/password-policy.ts';
import type { EndSession } from '../sessions/end-session.ts';
import {
  type NewUser,
  takesAdministration,
  type UniqueMember,
  type User,
  type UserChange,
  type UserStore,
} from './user-store.ts';

/** Who administers. */
export type Administrator = AuditOrigin;

/** A user as an administrator describes it; without a password nobody can log in with one. */
export type DescribedUser = Omit<NewUser, 'passwordHash'> & { readonly password: string | undefined };

/** Why a user was not created. */
export type CreationRefusal =
  | { readonly kind: 'taken'; readonly member: UniqueMember }
  | { readonly kind: 'password'; readonly fault: PasswordFault };

/** Why nothing was done to a user. `own_account`: nobody may take the administration from himself; `last_admin`: somebody must have it. */
export type ChangeRefusal =
  | { readonly kind: 'not_found' | 'own_account' | 'last_admin' }
  | { readonly kind: 'taken'; readonly member: UniqueMember };

/** What administrators do with users. Each act is recorded for the audit log; each throws UnavailableError. Does NOT look at the administrator's roles. */
export interface AdministerUsers {
  create(by: Administrator, user: DescribedUser): Promise<Result<User, CreationRefusal>>;
  /**
   * Changes a user. When the user is disabled, loses a role or gets another link, all its sessions end, also when the store then refuses the change.
   * Does NOT end sessions for a role that is added.
   */
  change(by: Administrator, userId: string, change: UserChange): Promise<Result<User, ChangeRefusal>>;
  /** Deletes a user and ends its sessions. */
  remove(by: Administrator, userId: string): Promise<Result<undefined, ChangeRefusal>>;
  endSessions(by: Administrator, userId: string): Promise<Result<undefined, ChangeRefusal>>;
}

interface Options {
  readonly users: UserStore;
  readonly endSession: EndSession;
  readonly hasher: PasswordHasher;
  readonly passwordPolicy: PasswordPolicy;
  readonly audit: AuditLog;
}

/** Creates the administration of users. */
export function createAdministerUsers(options: Options): AdministerUsers {
  const { users, endSession, audit } = options;

  /** Ends the sessions before and after: a crash in between leaves access closed, and no log-in meanwhile keeps what was taken. */
  async function withoutSessions<Value>(userId: string, act: () => Promise<Value>): Promise<Value> {
    await endSession.endAllSessions(userId);
    const value = await act();
    await endSession.endAllSessions(userId);
    return value;
  }

  const refuse = createRefuse(audit);

  return {
    create: createCreation(options),
    async change(by, userId, change) {
      const event = happening(by, typeOf(change), userId);
      const details = detailsOf(change);
      const before = await users.findById(userId);
      if (before === undefined) return refuse(event, { kind: 'not_found' });
      if (isOwn(by, userId) && takesAdministration(change)) return refuse(event, { kind: 'own_account' });
      const update = () => users.update(userId, change);
      const outcome = await (takesAccess(before, change) ? withoutSessions(userId, update) : update());
      if (outcome.kind !== 'updated') return refuse(event, outcome);
      audit.record({ ...event, outcome: 'success', details });
      return ok(outcome.user);
    },
    async remove(by, userId) {
      const event = happening(by, 'user.deleted', userId);
      if (isOwn(by, userId)) return refuse(event, { kind: 'own_account' });
      if ((await users.findById(userId)) === undefined) return refuse(event, { kind: 'not_found' });
      const outcome = await withoutSessions(userId, () => users.delete(userId));
      if (outcome !== 'deleted') return refuse(event, { kind: outcome });
      audit.record({ ...event, outcome: 'success' });
      return ok(undefined);
    },
    async endSessions(by, userId) {
      const event = happening(by, 'session.ended', userId);
      if ((await users.findById(userId)) === undefined) return refuse(event, { kind: 'not_found' });
      await endSession.endAllSessions(userId);
      audit.record({ ...event, outcome: 'success', reason: 'all_of_user' });
      return ok(undefined);
    },
  };
}

type Happening = Pick<AuditEvent, 'type' | 'actor' | 'target' | 'sessionId' | 'request'>;

/** Refuses an act, and records that it was refused. */
function createRefuse(audit: AuditLog) {
  return <Refusal extends CreationRefusal | ChangeRefusal>(event: Happening, refusal: Refusal) => {
    audit.record({ ...event, outcome: 'refused', reason: reasonOf(refusal) });
    return refused(refusal);
  };
}

function createCreation(options: Options): AdministerUsers['create'] {
  const { users, hasher, passwordPolicy, audit } = options;
  const refuse = createRefuse(audit);
  return async (by, { password, ...user }) => {
    const event = happening(by, 'user.created');
    const accepted = password === undefined ? ok(undefined) : passwordPolicy(password, user);
    if (!accepted.ok) return refuse(event, { kind: 'password', fault: accepted.reason });
    const passwordHash = accepted.value === undefined ? undefined : await hasher.hash(accepted.value);
    const outcome = await users.create({ ...user, passwordHash });
    if (outcome.kind === 'taken') return refuse(event, outcome);
    const { id, roles } = outcome.user;
    audit.record({ ...happening(by, 'user.created', id), outcome: 'success', details: { roles } });
    return ok(outcome.user);
  };
}

function happening(by: Administrator, type: AuditEvent['type'], userId?: string): Happening {
  return {
    type,
    actor: by.actor,
    // What is no id of ours may be anything that somebody typed.
    ...(userId !== undefined && isId('user', userId) && { target: { kind: 'user', id: userId } }),
    ...(by.sessionId !== undefined && { sessionId: by.sessionId }),
    ...(by.request !== undefined && { request: by.request }),
  };
}

function typeOf({ disabled }: UserChange): AuditEvent['type'] {
  if (disabled === undefined) return 'user.updated';
  return disabled ? 'user.disabled' : 'user.enabled';
}

/** The names of what is changed, and the roles; never a name or an address, which stay with the user. */
function detailsOf(change: UserChange): NonNullable<AuditEvent['details']> {
  return { members: Object.keys(change), ...(change.roles !== undefined && { roles: change.roles }) };
}

function isOwn({ actor }: Administrator, userId: string): boolean {
  return actor.kind === 'user' && actor.id === userId;
}

function takesAccess(before: User, change: UserChange): boolean {
  const { disabled, roles } = change;
  const losesRole = roles !== undefined && before.roles.some((role) => !roles.includes(role));
  const isOther = (link: string | null | undefined, current: string | undefined) =>
    link !== undefined && (link ?? undefined) !== current;
  return (
    disabled === true ||
    losesRole ||
    isOther(change.patientId, before.patientId) ||
    isOther(change.doctorId, before.doctorId)
  );
}

function reasonOf(refusal: CreationRefusal | ChangeRefusal): string {
  switch (refusal.kind) {
    case 'not_found':
    case 'own_account':
    case 'last_admin':
      return refusal.kind;
    case 'taken':
      return `${refusal.member}_taken`;
    case 'password':
      return `password_${refusal.fault}`;
  }
}
