import type { Log } from '../../lib/log.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import type { LogInRefusal, PasswordCheck } from '../accounts/password-check.ts';
import { createRecheckPassword } from '../accounts/recheck-password.ts';
import type { AuditEvent, AuditLog } from '../audit/audit-log.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { AccessTokens, IssuedAccessToken } from '../tokens/access-token.ts';
import type { User, UserStore } from '../users/user-store.ts';
import type { RefreshKeys } from './refresh-keys.ts';
import { writeRefreshToken } from './refresh-token.ts';
import type { SessionLimits } from './session-limits.ts';
import type { NewSession, Session, SessionStore, SessionTransport } from './session-store.ts';
import { createSessionToken, hashSessionToken } from './session-token.ts';

/** An attempt to log in, with what is known of the client. */
export interface LogInAttempt {
  /** E-mail address or username. */
  readonly login: string;
  readonly password: string;
  readonly transport: SessionTransport;
  /** The OAuth client that logs the user in, authenticated; with the transport `bearer` alone. */
  readonly clientId: string | undefined;
  /** When that client was revoked last, as it was authenticated. */
  readonly clientRevokedAt?: Date | undefined;
  readonly clientAddress: string | undefined;
  readonly userAgent: string | undefined;
  /** For the log. */
  readonly requestId: string;
}

/** A session that was begun, and the credentials for it, which are told only now. */
export type LoggedIn = { readonly user: User; readonly session: Session } & (
  | {
      readonly transport: 'bearer' | 'token_cookies';
      readonly accessToken: IssuedAccessToken;
      readonly refreshToken: string;
    }
  | { readonly transport: 'cookie'; readonly sessionToken: string }
);

/** Logs in: checks the password and begins a new session; never takes up one that the client names. Throws UnavailableError. */
export type LogIn = (attempt: LogInAttempt) => Promise<Result<LoggedIn, LogInRefusal>>;

/** The authentication context of a password alone, without a second factor. @see NIST SP 800-63B-4, section 2.1 (AAL1) */
const PASSWORD_ACR = 'aal1';
const USER_AGENT_LENGTH_MAX = 512;

interface LogInOptions {
  readonly checkPassword: PasswordCheck;
  readonly users: UserStore;
  readonly hasher: PasswordHasher;
  readonly sessions: SessionStore;
  readonly accessTokens: AccessTokens;
  readonly refreshKeys: RefreshKeys;
  readonly limits: SessionLimits;
  readonly audit: AuditLog;
  readonly log: Log;
}

/** Creates the log-in. Does NOT end the sessions that the user has already. */
export function createLogIn(options: LogInOptions): LogIn {
  const begin = createBegin(options);

  return async (attempt) => {
    const { transport, clientRevokedAt } = attempt;
    const checked = await options.checkPassword(attempt);
    if (!checked.ok) return refuseLogIn(checked.reason, attempt, options);
    if (transport === 'cookie') {
      const sessionToken = createSessionToken();
      const begun = await begin(checked.value, attempt, await hashSessionToken(sessionToken));
      return begun.ok ? ok({ ...begun.value, transport, sessionToken }) : begun;
    }
    // Before the session begins: nobody could use one without tokens.
    const refreshKey = await options.refreshKeys.writingKey();
    const begun = await begin(checked.value, attempt);
    if (!begun.ok) return begun;
    const { user, session } = begun.value;
    const accessToken = await options.accessTokens.issueAccessToken(user, session, { clientRevokedAt });
    const refreshToken = await writeRefreshToken(refreshKey, { sessionId: session.id, counter: 0 });
    return ok({ user, session, transport, accessToken, refreshToken });
  };
}

/** Begins sessions, with their users as they are by then. */
function createBegin(options: LogInOptions) {
  const { sessions, limits, audit, log } = options;
  const recheckPassword = createRecheckPassword(options);
  return async (
    checked: User,
    attempt: LogInAttempt,
    tokenHash?: Uint8Array,
  ): Promise<Result<{ user: User; session: Session }, LogInRefusal>> => {
    const session = await sessions.begin(newSessionOf(checked, attempt, limits, tokenHash));
    const standing = await recheckPassword(checked, attempt.password);
    if (!standing.ok) {
      await sessions.end(session.id, checked.id);
      return refuseLogIn(standing.reason, attempt, options);
    }
    const user = standing.value;
    const { requestId, transport } = attempt;
    log.info('logged in', { request_id: requestId, user_id: user.id, session_id: session.id, transport });
    audit.record(begunLogIn(user, session, attempt));
    return ok({ user, session });
  };
}

function refuseLogIn(
  reason: LogInRefusal,
  attempt: LogInAttempt,
  { audit, log }: LogInOptions,
): Result<never, LogInRefusal> {
  const because = reason.kind === 'limited' ? reason.kind : reason.because;
  log.info('log-in refused', { request_id: attempt.requestId, because });
  audit.record(refusedLogIn(because, attempt));
  return refused(reason);
}

/** Who logged in, and how. */
function begunLogIn(user: User, session: Session, { requestId, clientAddress }: LogInAttempt): AuditEvent {
  return {
    type: 'session.begun',
    outcome: 'success',
    actor: { kind: 'user', id: user.id },
    target: { kind: 'session', id: session.id },
    sessionId: session.id,
    request: { requestId, clientAddress },
    details: { transport: session.transport, ...(session.clientId && { client_id: session.clientId }) },
  };
}

/** A log-in that was refused. Does NOT hold the login: people type passwords there. */
function refusedLogIn(reason: string, { requestId, clientAddress }: LogInAttempt): AuditEvent {
  return {
    type: 'session.begun',
    outcome: 'refused',
    reason,
    actor: { kind: 'anonymous' },
    request: { requestId, clientAddress },
  };
}

function newSessionOf(
  user: User,
  attempt: LogInAttempt,
  limits: SessionLimits,
  tokenHash: Uint8Array | undefined,
): NewSession {
  return {
    userId: user.id,
    clientId: attempt.clientId,
    transport: attempt.transport,
    amr: ['pwd'],
    acr: PASSWORD_ACR,
    tokenHash,
    lifetimeSeconds:
      attempt.transport === 'bearer' ? limits.bearerLifetimeSeconds : limits.cookieLifetimeSeconds,
    clientAddress: attempt.clientAddress,
    userAgent: attempt.userAgent?.slice(0, USER_AGENT_LENGTH_MAX),
  };
}
