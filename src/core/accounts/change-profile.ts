import { ok, type Result, refused } from '../../lib/result.ts';
import type { AuditLog, AuditRequest } from '../audit/audit-log.ts';
import type { UniqueMember, User, UserChange, UserStore } from '../users/user-store.ts';
import { byUser } from './own-account-event.ts';

/** What users may change of themselves; roles and links are for administrators. */
export type ProfileChange = Pick<UserChange, 'username' | 'displayName'>;

/** Changes a user's own profile. `gone`: the user was deleted meanwhile. Throws UnavailableError. */
export type ChangeProfile = (
  caller: { readonly user: User; readonly sessionId: string },
  change: ProfileChange,
  request: AuditRequest,
) => Promise<Result<User, { kind: 'gone' } | { kind: 'taken'; member: UniqueMember }>>;

/** Creates the change of profiles. */
export function createChangeProfile(options: {
  readonly users: UserStore;
  readonly audit: AuditLog;
}): ChangeProfile {
  return async ({ user: { id }, sessionId }, change, request) => {
    const outcome = await options.users.update(id, change);
    const event = {
      ...byUser('user.updated', id, request, sessionId),
      // Names alone: what they were is personal.
      details: { changed: Object.keys(change) },
    } as const;
    switch (outcome.kind) {
      case 'updated':
        options.audit.record({ ...event, outcome: 'success' });
        return ok(outcome.user);
      case 'taken':
        options.audit.record({ ...event, outcome: 'refused', reason: `${outcome.member}_taken` });
        return refused(outcome);
      case 'not_found':
        options.audit.record({ ...event, outcome: 'refused', reason: 'user_gone' });
        return refused({ kind: 'gone' });
      case 'last_admin':
        throw new Error('a change of a profile takes no role');
    }
  };
}
