import type { Log } from '../../lib/log.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { BackgroundWork } from '../background-work.ts';
import type { CoreSettings } from '../core-settings.ts';
import type { RequestLimiter } from '../limits/request-limiter.ts';
import type { OneTimeTokenStore } from '../links/one-time-token-store.ts';
import { createAccountMails } from '../mail/account-mails.ts';
import type { Mailer } from '../mail/mailer.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { PasswordPolicy } from '../passwords/password-policy.ts';
import type { EndSession } from '../sessions/end-session.ts';
import type { UserStore } from '../users/user-store.ts';
import { type ChangeEmail, createChangeEmail } from './change-email.ts';
import { type ChangePassword, createChangePassword } from './change-password.ts';
import { type ChangeProfile, createChangeProfile } from './change-profile.ts';
import { createCurrentPasswordCheck } from './current-password.ts';
import { createForgotPassword, type ForgotPassword } from './forgot-password.ts';
import { createRegister, type Register } from './register.ts';
import { createResetPassword, type ResetPassword } from './reset-password.ts';
import { createEmailVerification, type EmailVerification } from './verify-email.ts';

/** What users do with their own accounts. */
export interface Accounts {
  readonly register: Register;
  readonly changeProfile: ChangeProfile;
  readonly changePassword: ChangePassword;
  readonly forgotPassword: ForgotPassword;
  readonly resetPassword: ResetPassword;
  readonly emailVerification: EmailVerification;
  readonly changeEmail: ChangeEmail;
}

/** Creates the accounts' use cases. */
export function createAccounts(options: {
  readonly users: UserStore;
  readonly oneTimeTokens: OneTimeTokenStore;
  readonly hasher: PasswordHasher;
  readonly passwordPolicy: PasswordPolicy;
  readonly requests: RequestLimiter;
  readonly mailer: Mailer;
  readonly background: BackgroundWork;
  /** The base of the links in mails. */
  readonly publicUrl: string;
  readonly settings: CoreSettings;
  readonly endSession: EndSession;
  readonly audit: AuditLog;
  readonly log: Log;
}): Accounts {
  const mails = createAccountMails({ ...options, tokens: options.oneTimeTokens });
  const parts = { ...options, mails, checkCurrent: createCurrentPasswordCheck(options) };
  const emailVerification = createEmailVerification(parts);
  return {
    register: createRegister({ ...parts, emailVerification, accounts: options.settings.accounts }),
    changeProfile: createChangeProfile(parts),
    changePassword: createChangePassword(parts),
    forgotPassword: createForgotPassword(parts),
    resetPassword: createResetPassword(parts),
    emailVerification,
    changeEmail: createChangeEmail(parts),
  };
}
