import type { AuditEvent, AuditLog } from '../audit/audit-log.ts';
import type { Administrator } from './administer-users.ts';
import type { NewUser, UniqueMember, UserStore } from './user-store.ts';

/** What came of the import of a user. `exists`: somebody has that e-mail address already, and was not touched. */
export type ImportOutcome =
  | { readonly kind: 'imported' | 'exists' }
  | { readonly kind: 'taken'; readonly member: UniqueMember };

/** Takes users over from other systems with the hashes of their passwords. Throws UnavailableError. Does NOT judge passwords: nobody knows them. */
export interface ImportUsers {
  /** Imports a user who is not there yet. Recorded for the audit log, but for one who exists. */
  import(by: Administrator, user: NewUser): Promise<ImportOutcome>;
  /** Tells what an import would come to, and changes nothing. Does NOT see that a link is taken. */
  foresee(user: NewUser): Promise<ImportOutcome>;
}

/** Creates the import. */
export function createImportUsers(options: {
  readonly users: UserStore;
  readonly audit: AuditLog;
}): ImportUsers {
  const { users, audit } = options;
  const exists = async ({ email }: NewUser) => (await users.findByLogin(email)) !== undefined;
  const imported = (by: Administrator): Pick<AuditEvent, 'type' | 'actor' | 'request'> => ({
    type: 'user.imported',
    actor: by.actor,
    ...(by.request && { request: by.request }),
  });

  return {
    async import(by, user) {
      const outcome = await users.create(user);
      if (outcome.kind === 'taken') {
        // Which of several members a store names first is its own affair.
        if (outcome.member === 'email' || (await exists(user))) return { kind: 'exists' };
        audit.record({ ...imported(by), outcome: 'refused', reason: `${outcome.member}_taken` });
        return outcome;
      }
      const { id, roles } = outcome.user;
      const target = { kind: 'user', id } as const;
      audit.record({ ...imported(by), outcome: 'success', target, details: { roles } });
      return { kind: 'imported' };
    },
    async foresee(user) {
      if (await exists(user)) return { kind: 'exists' };
      const namesake = await users.findByLogin(user.username);
      return namesake === undefined ? { kind: 'imported' } : { kind: 'taken', member: 'username' };
    },
  };
}
