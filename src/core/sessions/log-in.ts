import type { Log } from '../../lib/log.ts';
import { ok, type Result } from '../../lib/result.ts';
import type { LogInRefusal, PasswordCheck } from '../accounts/password-check.ts';
import type { User } from '../accounts/user-store.ts';
import type { AccessTokens, IssuedAccessToken } from '../tokens/access-token.ts';
import type { SessionLimits } from './session-limits.ts';
import type { Session, SessionStore } from './session-store.ts';
import { createSessionToken, hashSessionToken } from './session-token.ts';

/** An attempt to log in, with what is known of the client. */
export interface LogInAttempt {
  /** E-mail address or username. */
  readonly login: string;
  readonly password: string;
  readonly transport: 'bearer' | 'cookie';
  readonly clientAddress: string | undefined;
  readonly userAgent: string | undefined;
  /** For the log. */
  readonly requestId: string;
}

/** A session that was begun, and the one credential for it, which is told only now. */
export type LoggedIn = { readonly user: User; readonly session: Session } & (
  | { readonly transport: 'bearer'; readonly accessToken: IssuedAccessToken }
  | { readonly transport: 'cookie'; readonly sessionToken: string }
);

/** Logs in: checks the password and begins a new session; never takes up one that the client names. Throws UnavailableError. */
export type LogIn = (attempt: LogInAttempt) => Promise<Result<LoggedIn, LogInRefusal>>;

/** The authentication context of a password alone, without a second factor. @see NIST SP 800-63B-4, section 2.1 (AAL1) */
const PASSWORD_ACR = 'aal1';
const USER_AGENT_LENGTH_MAX = 512;

/** Creates the log-in. Does NOT issue refresh tokens. */
export function createLogIn(options: {
  readonly checkPassword: PasswordCheck;
  readonly sessions: SessionStore;
  readonly accessTokens: AccessTokens;
  readonly limits: SessionLimits;
  readonly log: Log;
}): LogIn {
  const { sessions, limits, log } = options;

  function begin(user: User, attempt: LogInAttempt, tokenHash: Uint8Array | undefined): Promise<Session> {
    return sessions.begin({
      userId: user.id,
      transport: attempt.transport,
      amr: ['pwd'],
      acr: PASSWORD_ACR,
      tokenHash,
      lifetimeSeconds: tokenHash === undefined ? limits.bearerLifetimeSeconds : limits.cookieLifetimeSeconds,
      clientAddress: attempt.clientAddress,
      userAgent: attempt.userAgent?.slice(0, USER_AGENT_LENGTH_MAX),
    });
  }

  function logBegun(user: User, session: Session, requestId: string): void {
    const { transport } = session;
    log.info('logged in', { request_id: requestId, user_id: user.id, session_id: session.id, transport });
  }

  return async (attempt) => {
    const { requestId, transport } = attempt;
    const checked = await options.checkPassword(attempt);
    if (!checked.ok) {
      const { reason } = checked;
      const because = reason.kind === 'limited' ? reason.kind : reason.because;
      log.info('log-in refused', { request_id: requestId, because });
      return checked;
    }
    const user = checked.value;
    if (transport === 'cookie') {
      const sessionToken = createSessionToken();
      const session = await begin(user, attempt, await hashSessionToken(sessionToken));
      logBegun(user, session, requestId);
      return ok({ user, session, transport, sessionToken });
    }
    const session = await begin(user, attempt, undefined);
    const accessToken = await options.accessTokens.issueAccessToken(user, session);
    logBegun(user, session, requestId);
    return ok({ user, session, transport, accessToken });
  };
}
