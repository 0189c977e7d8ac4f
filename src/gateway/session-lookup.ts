import type { ToldOfUser } from '../identity/told-of-user.ts';

/** What the core tells of an active session. Times are seconds since the Unix epoch. */
export interface ActiveSession {
  readonly sessionId: string;
  readonly userId: string;
  readonly username: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly patientId: string | undefined;
  readonly doctorId: string | undefined;
  /** How and when the user was authenticated, as access tokens of that session say it; cores that do not tell it leave it out. */
  readonly authTime?: number | undefined;
  readonly acr?: string | undefined;
  readonly amr?: readonly string[] | undefined;
  readonly expiresAt: number;
}

/** Port: asks the core about sessions. Every method throws UnavailableError ('core' or 'database') when the core could not tell. */
export interface SessionLookup {
  /** The active session that a browser's opaque session token belongs to; `undefined` when there is none (unknown, ended, expired). */
  findByToken(token: string): Promise<ActiveSession | undefined>;
  /** Whether a session still stands, that token of it (`jti_…`) was not revoked by itself, and the user still has what was told. */
  isActive(sessionId: string, tokenId?: string, told?: ToldOfUser): Promise<boolean>;
}
