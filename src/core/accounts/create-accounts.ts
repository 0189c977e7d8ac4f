import type { Log } from '../../lib/log.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { CoreSettings } from '../core-settings.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { PasswordPolicy } from '../passwords/password-policy.ts';
import type { EndSession } from '../sessions/end-session.ts';
import { type ChangePassword, createChangePassword } from './change-password.ts';
import { type ChangeProfile, createChangeProfile } from './change-profile.ts';
import { createRegister, type Register } from './register.ts';
import type { UserStore } from './user-store.ts';

/** What users do with their own accounts. */
export interface Accounts {
  readonly register: Register;
  readonly changeProfile: ChangeProfile;
  readonly changePassword: ChangePassword;
}

/** Creates the accounts' use cases. */
export function createAccounts(options: {
  readonly users: UserStore;
  readonly hasher: PasswordHasher;
  readonly passwordPolicy: PasswordPolicy;
  readonly settings: CoreSettings;
  readonly endSession: EndSession;
  readonly audit: AuditLog;
  readonly log: Log;
}): Accounts {
  return {
    register: createRegister({ ...options, accounts: options.settings.accounts }),
    changeProfile: createChangeProfile(options),
    changePassword: createChangePassword(options),
  };
}
