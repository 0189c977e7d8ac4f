import type { User } from '../users/user-store.ts';
import type { IdleLimits } from './session-limits.ts';

/** The states of a session; a compromised one stays for evidence. */
export type SessionState = 'active' | 'revoked' | 'expired' | 'compromised';

/**
 * How the session's credentials travel: `bearer` as refresh and access tokens in bodies, `token_cookies` the same two in cookies, `cookie` as
 * one opaque token in a cookie. The first two live by refreshing.
 */
export type SessionTransport = 'bearer' | 'cookie' | 'token_cookies';

/** A session: the unit of revocation. Times are the database's clock. */
export interface Session {
  /** `ses_…`, public. */
  readonly id: string;
  readonly userId: string;
  /** `cli_…`: the OAuth client that logged its user in, and that alone may refresh; `undefined` for our own sessions. */
  readonly clientId: string | undefined;
  readonly state: SessionState;
  readonly transport: SessionTransport;
  /** How the user was authenticated. @see RFC 8176 (amr values) */
  readonly amr: readonly string[];
  /** The authentication context class: `aal1`, … */
  readonly acr: string;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
  readonly endedAt: Date | undefined;
  readonly clientAddress: string | undefined;
  readonly userAgent: string | undefined;
}

/** A session and whose it is, as both stood in one moment. */
export interface UserSession {
  readonly session: Session;
  readonly user: User;
}

/** What it takes to begin a session. */
export interface NewSession {
  readonly userId: string;
  /** For `bearer` sessions alone. */
  readonly clientId: string | undefined;
  readonly transport: SessionTransport;
  readonly amr: readonly string[];
  readonly acr: string;
  /** SHA-256 of the opaque session token, for `cookie` sessions; the token itself is never stored. */
  readonly tokenHash: Uint8Array | undefined;
  /** The absolute limit, counted from now at the database's clock. */
  readonly lifetimeSeconds: number;
  readonly clientAddress: string | undefined;
  readonly userAgent: string | undefined;
}

/** How long the predecessor of a refresh token is answered with the same successor: as long as a client waits for an answer that got lost. */
export const REFRESH_GRACE_SECONDS = 30;
/** How often it is, at most: for the tabs of a browser that refresh at once. */
export const REFRESH_GRACE_USES_MAX = 10;

/**
 * What came of a presented refresh token. `rotated`: it was the good one, and its successor is now; `repeated`: it is the predecessor of the good one,
 * within the grace, and has the same successor; `replayed`: it was spent, and its session is compromised now; `unknown`: no session
 * that stands has issued it.
 */
export type RefreshRotation =
  | ({ readonly kind: 'rotated' | 'repeated' | 'replayed' } & UserSession)
  | { readonly kind: 'unknown' };

/** Port: sessions at rest. One that belongs to a client is not active while the client is disabled or gone. Every method throws UnavailableError ('database') when the store could not tell. */
export interface SessionStore {
  /** Begins a session. One that lives by refreshing has the refresh token with the counter 0. */
  begin(session: NewSession): Promise<Session>;
  /** The active session, neither past its absolute limit nor idle for longer than `idleSeconds`, of an active user. Touches last seen at most once a minute. */
  findActiveByTokenHash(tokenHash: Uint8Array, idleSeconds: number): Promise<UserSession | undefined>;
  /**
   * The active session by its id, neither past its absolute limit nor idle for longer than its transport may be, of an active user; `undefined` also where that token (`jti_…`) was revoked
   * by itself. Does NOT count as use, and does NOT look whose the token is.
   */
  findActiveById(sessionId: string, idle: IdleLimits, tokenId?: string): Promise<Session | undefined>;
  /** The session that `findActiveById` would find, with its user. */
  findActiveWithUser(sessionId: string, idle: IdleLimits, tokenId?: string): Promise<UserSession | undefined>;
  /**
   * The session that `findActiveWithUser` would find, if its good refresh token is the one with that counter, and it belongs to that client. Does NOT rotate it, does NOT count as use, and
   * does NOT know whether the token is authentic.
   */
  findByRefreshToken(presented: {
    readonly sessionId: string;
    readonly counter: number;
    readonly clientId: string;
    readonly idle: IdleLimits;
  }): Promise<UserSession | undefined>;
  /** The sessions of a user that `findActiveById` would find, oldest first. */
  listActive(userId: string, idle: IdleLimits): Promise<readonly Session[]>;
  /**
   * Judges the refresh token with that counter of a session, and rotates it, in one atomic act. The session must be active, within its absolute
   * limit, refreshed within the limit of its transport, of an active user and of that client, or of none where none presents it: for another client the
   * token is unknown. Does NOT know whether the token is authentic.
   */
  rotateRefreshToken(presented: {
    readonly sessionId: string;
    readonly clientId: string | undefined;
    readonly counter: number;
    readonly idle: IdleLimits;
  }): Promise<RefreshRotation>;
  /** Ends one session of that user. `not_found` also when it belongs to another user or has ended before. */
  end(sessionId: string, userId: string): Promise<'ended' | 'not_found'>;
  /** Ends all active sessions of a user, and tells which. */
  endAll(userId: string): Promise<readonly string[]>;
  /** Ends all active sessions of a user but one, and tells which. */
  endAllExcept(userId: string, sessionId: string): Promise<readonly string[]>;
}
