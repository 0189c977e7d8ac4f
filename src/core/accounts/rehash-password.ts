import { failureFields } from '../../lib/failure-fields.ts';
import type { Log } from '../../lib/log.ts';
import type { AuditLog, AuditRequest } from '../audit/audit-log.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { User, UserStore } from '../users/user-store.ts';

/**
 * Replaces a user's hash, where it is another system's or of other costs, by ours of the password that was just found right. Returns at once and never
 * throws: what fails is logged, and comes with the next log-in. Never undoes a change of the password made meanwhile.
 */
export type RehashPassword = (user: User, password: string, request: AuditRequest) => void;

// As far as bcrypt reads.
const BCRYPT_BYTES_MAX = 72;

/** Creates the replacement of hashes. */
export function createRehashPassword(options: {
  readonly users: UserStore;
  readonly hasher: PasswordHasher;
  readonly audit: AuditLog;
  readonly log: Log;
}): RehashPassword {
  const { users, hasher, audit, log } = options;

  async function rehash(user: User, old: string, password: string, request: AuditRequest): Promise<void> {
    if (!(await users.setPasswordHash(user.id, await hasher.hash(password), old))) return;
    audit.record({
      type: 'user.password_rehashed',
      outcome: 'success',
      actor: { kind: 'system' },
      target: { kind: 'user', id: user.id },
      request: { requestId: request.requestId, clientAddress: request.clientAddress },
    });
  }

  return (user, password, request) => {
    const old = user.passwordHash;
    if (old === undefined || !hasher.needsRehash(old) || isCutOff(old, password)) return;
    rehash(user, old, password, request).catch((error: unknown) => {
      log.warn('a password hash was not replaced', {
        request_id: request.requestId,
        user_id: user.id,
        ...failureFields(error),
      });
    });
  };
}

/** Whether only the beginning of the password was found right: what was typed behind it may be a slip, and would lock its owner out. */
function isCutOff(hash: string, password: string): boolean {
  return hash.startsWith('$2') && new TextEncoder().encode(password).length > BCRYPT_BYTES_MAX;
}
