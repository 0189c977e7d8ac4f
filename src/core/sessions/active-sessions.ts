import { isId } from '../../identity/ids.ts';
import { isSessionToken } from '../../identity/session-cookie.ts';
import { stillHolds, type ToldOfUser } from '../../identity/told-of-user.ts';
import { checkedRoles, type RoleScopes, scopesOfRoles } from '../tokens/role-scopes.ts';
import type { SessionLimits } from './session-limits.ts';
import type { SessionStore, UserSession } from './session-store.ts';
import { hashSessionToken } from './session-token.ts';

/** What the edge is told of an active session and its user. Times are seconds since the Unix epoch. */
export interface ActiveSessionFacts {
  readonly sessionId: string;
  readonly userId: string;
  readonly username: string;
  /** Sorted, each a valid role name. */
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly patientId: string | undefined;
  readonly doctorId: string | undefined;
  /** When the user logged in. */
  readonly authTime: number;
  readonly acr: string;
  readonly amr: readonly string[];
  /** The absolute limit of the session. */
  readonly expiresAt: number;
}

/** Looks up active sessions, with the facts of their users as they stand now. Throws UnavailableError ('database') when the stores could not tell. */
export interface ActiveSessions {
  /** By a browser's opaque token; counts as use of the session. `undefined`: unknown, ended, expired, idle too long, or the user is disabled. */
  findByToken(token: string): Promise<ActiveSessionFacts | undefined>;
  /** By its id; `undefined` also where that token of it (`jti_…`) was revoked by itself. Does NOT count as use. */
  findById(sessionId: string, tokenId?: string): Promise<ActiveSessionFacts | undefined>;
  /** Whether `findById` would find it, and its user still has what was told. */
  isActive(sessionId: string, tokenId?: string, told?: ToldOfUser): Promise<boolean>;
}

/** Creates the look-up of active sessions on the stores. */
export function createActiveSessions(options: {
  readonly sessions: SessionStore;
  readonly roleScopes: RoleScopes;
  readonly limits: SessionLimits;
}): ActiveSessions {
  const { sessions, roleScopes, limits } = options;
  const withFacts = (found: UserSession | undefined) => found && factsOf(found, roleScopes);

  const findById: ActiveSessions['findById'] = async (sessionId, tokenId) =>
    isId('session', sessionId)
      ? withFacts(await sessions.findActiveWithUser(sessionId, limits, tokenId))
      : undefined;

  return {
    async findByToken(token) {
      if (!isSessionToken(token)) return undefined;
      const hash = await hashSessionToken(token);
      return withFacts(await sessions.findActiveByTokenHash(hash, limits.cookieIdleSeconds));
    },
    findById,
    async isActive(sessionId, tokenId, told) {
      const facts = await findById(sessionId, tokenId);
      return facts !== undefined && (told === undefined || stillHolds(told, facts));
    },
  };
}

function factsOf({ session, user }: UserSession, roleScopes: RoleScopes): ActiveSessionFacts {
  const roles = checkedRoles(user.roles);
  return {
    sessionId: session.id,
    userId: user.id,
    username: user.username,
    roles,
    scopes: scopesOfRoles(roles, roleScopes),
    patientId: user.patientId,
    doctorId: user.doctorId,
    authTime: Math.floor(session.createdAt.getTime() / 1000),
    acr: session.acr,
    amr: session.amr,
    expiresAt: Math.floor(session.expiresAt.getTime() / 1000),
  };
}
