import type { IdleLimits } from '../sessions/session-limits.ts';
import type { Session } from '../sessions/session-store.ts';

/** What of a user's token can have been taken back. */
export interface SubjectFacts {
  readonly sessionId: string;
  readonly userId: string;
  /** `jti_…` */
  readonly tokenId: string;
  readonly issuedAt: Date;
  /** The clients to which it was issued and through which it came. */
  readonly clientIds: readonly string[];
}

/** What is told of the session of a token. */
export type StandingSession = Pick<
  Session,
  'createdAt' | 'expiresAt' | 'acr' | 'amr' | 'transport' | 'lastSeenAt'
>;

/** Port: tells whether a user's token still stands, at its own clock. Throws UnavailableError ('database') when that could not be told. */
export interface SubjectStanding {
  /**
   * The session of the token, at this moment and in one look: `undefined` where the session has ended or is another user's, is past its limit or was idle too long, where the user is disabled
   * or deleted, where this one token was revoked, or what was issued until now to the user or to one of the clients. Does NOT count as use of the session.
   */
  findStanding(subject: SubjectFacts, idle: IdleLimits): Promise<StandingSession | undefined>;
}
