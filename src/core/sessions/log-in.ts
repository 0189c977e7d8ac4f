import type { Log } from '../../lib/log.ts';
import { ok, type Result } from '../../lib/result.ts';
import type { LogInRefusal, PasswordCheck } from '../accounts/password-check.ts';
import type { AuditEvent, AuditLog } from '../audit/audit-log.ts';
import type { AccessTokens, IssuedAccessToken } from '../tokens/access-token.ts';
import type { User } from '../users/user-store.ts';
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

/** Creates the log-in. Does NOT refresh. */
export function createLogIn(options: {
  readonly checkPassword: PasswordCheck;
  readonly sessions: SessionStore;
  readonly accessTokens: AccessTokens;
  readonly refreshKeys: RefreshKeys;
  readonly limits: SessionLimits;
  readonly audit: AuditLog;
  readonly log: Log;
}): LogIn {
  const { sessions, limits, audit, log } = options;

  async function begin(user: User, attempt: LogInAttempt, tokenHash?: Uint8Array): Promise<Session> {
    const session = await sessions.begin(newSessionOf(user, attempt, limits, tokenHash));
    const { requestId, transport } = attempt;
    log.info('logged in', { request_id: requestId, user_id: user.id, session_id: session.id, transport });
    audit.record(begun(user, session, attempt));
    return session;
  }

  return async (attempt) => {
    const { requestId, transport } = attempt;
    const checked = await options.checkPassword(attempt);
    if (!checked.ok) {
      const { reason } = checked;
      const because = reason.kind === 'limited' ? reason.kind : reason.because;
      log.info('log-in refused', { request_id: requestId, because });
      audit.record(refusedLogIn(because, attempt));
      return checked;
    }
    const user = checked.value;
    if (transport === 'cookie') {
      const sessionToken = createSessionToken();
      const session = await begin(user, attempt, await hashSessionToken(sessionToken));
      return ok({ user, session, transport, sessionToken });
    }
    // Before the session begins: nobody could use one without tokens.
    const refreshKey = await options.refreshKeys.writingKey();
    const session = await begin(user, attempt);
    const accessToken = await options.accessTokens.issueAccessToken(user, session);
    const refreshToken = await writeRefreshToken(refreshKey, { sessionId: session.id, counter: 0 });
    return ok({ user, session, transport, accessToken, refreshToken });
  };
}

/** Who logged in, and how. */
function begun(user: User, session: Session, { requestId, clientAddress }: LogInAttempt): AuditEvent {
  return {
    type: 'session.begun',
    outcome: 'success',
    actor: { kind: 'user', id: user.id },
    target: { kind: 'session', id: session.id },
    sessionId: session.id,
    request: { requestId, clientAddress },
    details: { transport: session.transport },
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
