import { CORE_ISSUER_ID, type Principal } from '../../identity/principal.ts';
import { withoutAbsent } from '../../lib/without-absent.ts';
import type { RefreshKeys } from '../sessions/refresh-keys.ts';
import { readRefreshToken } from '../sessions/refresh-token.ts';
import type { IdleLimits } from '../sessions/session-limits.ts';
import type { SessionStore, UserSession } from '../sessions/session-store.ts';
import { checkedRoles } from '../tokens/role-scopes.ts';
import type { IntrospectionCaller } from './is-meant-for.ts';

/**
 * Finds whose refresh token a text is, for the client that it was issued to and for nobody else; `undefined` for everything else, also for one that is spent. Does NOT
 * rotate it, and does NOT count as use. Throws UnavailableError ('database').
 */
export type FindRefreshToken = (token: string, caller: IntrospectionCaller) => Promise<Principal | undefined>;

/** Creates it: what no key of ours has made costs no question. */
export function createFindRefreshToken(options: {
  readonly refreshKeys: Pick<RefreshKeys, 'readingKeys'>;
  readonly sessions: SessionStore;
  readonly limits: IdleLimits;
}): FindRefreshToken {
  const { refreshKeys, sessions, limits: idle } = options;
  return async (token, { id: clientId }) => {
    const content = await readRefreshToken(await refreshKeys.readingKeys(), token);
    if (content === undefined) return undefined;
    const found = await sessions.findByRefreshToken({ ...content, clientId, idle });
    return found && principalOf(found);
  };
}

/** The user of the session. Without scopes: what an access token gets is said when it is asked for. */
function principalOf({ session, user }: UserSession): Principal {
  const beganAt = Math.floor(session.createdAt.getTime() / 1000);
  return {
    kind: 'user',
    subject: user.id,
    username: user.username,
    sessionId: session.id,
    issuerId: CORE_ISSUER_ID,
    authenticatedBy: 'session',
    audience: undefined,
    roles: checkedRoles(user.roles),
    scopes: new Set(),
    claims: withoutAbsent<Record<string, unknown>>({
      client_id: session.clientId,
      auth_time: beganAt,
      acr: session.acr,
      patient_id: user.patientId,
      doctor_id: user.doctorId,
    }),
    issuedAt: undefined,
    tokenId: undefined,
    expiresAt: Math.floor(session.expiresAt.getTime() / 1000),
  };
}
