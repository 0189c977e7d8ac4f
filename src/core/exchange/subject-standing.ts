import { type KnownRevocations, knownRevocation } from '../../identity/known-revocations.ts';
import { REVOCATION_MARGIN_SECONDS } from '../../identity/revocation.ts';
import type { IdleLimits } from '../sessions/session-limits.ts';
import type { Session } from '../sessions/session-store.ts';

/** What of a user's token can have been taken back. */
export interface SubjectFacts {
  readonly sessionId: string;
  readonly userId: string;
  /** `jti_…` */
  readonly tokenId: string;
  readonly issuedAt: Date;
  /** What the token says of revocations that it was issued after. */
  readonly known?: KnownRevocations | undefined;
  /** The clients to which it was issued and through which it came. */
  readonly clientIds: readonly string[];
}

/** From when on a revocation of the user or of a client counts for a token. */
export function countsFrom({ issuedAt, known }: SubjectFacts, id: string): Date {
  const second = knownRevocation(known, id);
  const fromMs =
    second === undefined ? issuedAt.getTime() - 1000 * REVOCATION_MARGIN_SECONDS : 1000 * (second + 1);
  return new Date(fromMs);
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
