import type { Log } from '../../lib/log.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import type { AuditEvent, AuditLog, AuditRequest } from '../audit/audit-log.ts';
import type { CoreSettings } from '../core-settings.ts';
import type { RequestLimiter } from '../limits/request-limiter.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { PasswordFault, PasswordPolicy } from '../passwords/password-policy.ts';
import type { UniqueMember, User, UserStore } from '../users/user-store.ts';
import type { Limited } from './current-password.ts';
import type { EmailVerification } from './verify-email.ts';

/** What somebody tells of themselves to register. Holds neither roles nor links: those are given by others. */
export interface Registration {
  /** One address in lower case, as `parseEmailAddress` gives it. */
  readonly email: string;
  readonly username: string;
  readonly displayName: string | undefined;
  readonly password: string;
}

/** Why nobody was registered. */
export type RegistrationRefusal =
  | { readonly kind: 'closed' }
  | Limited
  | { readonly kind: 'password'; readonly fault: PasswordFault }
  | { readonly kind: 'taken'; readonly member: UniqueMember };

/**
 * Registers a user with the default roles, and mails the link that verifies the address after the answer. Throws UnavailableError. Does NOT begin a
 * session, and does NOT wait until the address is verified.
 */
export type Register = (
  registration: Registration,
  request: AuditRequest,
) => Promise<Result<User, RegistrationRefusal>>;

/** Creates the registration. */
export function createRegister(options: {
  readonly users: UserStore;
  readonly hasher: PasswordHasher;
  readonly passwordPolicy: PasswordPolicy;
  readonly accounts: CoreSettings['accounts'];
  readonly requests: RequestLimiter;
  readonly emailVerification: EmailVerification;
  readonly audit: AuditLog;
  readonly log: Log;
}): Register {
  const { users, accounts, audit, log } = options;

  function refuse(refusal: RegistrationRefusal, request: AuditRequest): Result<never, RegistrationRefusal> {
    audit.record({ ...registered(request), outcome: 'refused', reason: reasonOf(refusal) });
    return refused(refusal);
  }

  return async ({ email, username, displayName, password }, request) => {
    if (accounts.registration === 'closed') return refuse({ kind: 'closed' }, request);
    const accepted = options.passwordPolicy(password, { email, username, displayName });
    if (!accepted.ok) return refuse({ kind: 'password', fault: accepted.reason }, request);
    const permission = await options.requests.admit('register', request.clientAddress);
    if (permission.kind === 'limited') return refuse(permission, request);
    const passwordHash = await options.hasher.hash(accepted.value);
    const links = { patientId: undefined, doctorId: undefined };
    const roles = accounts.defaultRoles;
    const outcome = await users.create({ email, username, displayName, passwordHash, roles, ...links });
    if (outcome.kind === 'taken') return refuse(outcome, request);
    const { user } = outcome;
    const target = { kind: 'user', id: user.id } as const;
    audit.record({ ...registered(request), outcome: 'success', target, details: { roles: user.roles } });
    log.info('user registered', { request_id: request.requestId, user_id: user.id });
    options.emailVerification.begin(user, request);
    return ok(user);
  };
}

function registered(request: AuditRequest): Pick<AuditEvent, 'type' | 'actor' | 'request'> {
  return { type: 'user.registered', actor: { kind: 'anonymous' }, request };
}

function reasonOf(refusal: RegistrationRefusal): string {
  switch (refusal.kind) {
    case 'closed':
      return 'registration_closed';
    case 'limited':
      return refusal.kind;
    case 'password':
      return `password_${refusal.fault}`;
    case 'taken':
      return `${refusal.member}_taken`;
  }
}
