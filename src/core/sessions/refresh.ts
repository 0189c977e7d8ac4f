import type { Clock } from '../../lib/durations.ts';
import type { Log } from '../../lib/log.ts';
import { countResult, type OutcomeCounts } from '../../lib/outcome-counts.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import type { AuditActor, AuditLog, AuditRequest } from '../audit/audit-log.ts';
import type { AccessTokens, IssuedAccessToken } from '../tokens/access-token.ts';
import { type RoleScopes, scopesOfRoles } from '../tokens/role-scopes.ts';
import type { User } from '../users/user-store.ts';
import type { RefreshKeys } from './refresh-keys.ts';
import { type RefreshTokenContent, readRefreshToken, writeRefreshToken } from './refresh-token.ts';
import type { SessionEndingsNotifier } from './session-endings.ts';
import type { SessionLimits } from './session-limits.ts';
import type { Session, SessionStore } from './session-store.ts';
import { createSharedFlights } from './shared-flights.ts';

/** A session that goes on, with its next tokens. */
export interface Refreshed {
  readonly user: User;
  readonly session: Session;
  readonly accessToken: IssuedAccessToken;
  /** The successor; the same one each time that its predecessor is presented. */
  readonly refreshToken: string;
}

/** A refresh token, and who presents it. */
export interface PresentedRefreshToken {
  readonly token: string;
  /** The OAuth client, authenticated; `undefined` where users' own programs refresh. A token is good to the client that its session belongs to alone. */
  readonly clientId?: string;
  /** When that client was revoked last, as it was authenticated. */
  readonly clientRevokedAt?: Date | undefined;
  /** What the access token is to be good for, where that is less than all that the user may. */
  readonly scopes?: readonly string[];
}

/** Why there are no new tokens. `scope_not_allowed`: the user may not have a scope that is asked for; the token is as good as before. */
export type RefreshRefusal = 'invalid_token' | 'scope_not_allowed';

/**
 * Exchanges a refresh token for its successor and an access token with the user's roles as they are now. A spent token ends its session as
 * compromised, and no other; a token that is not authentic, or another client's, changes nothing. Throws UnavailableError, after which the token is as good as before.
 */
export type Refresh = (
  presented: PresentedRefreshToken,
  request: AuditRequest,
) => Promise<Result<Refreshed, RefreshRefusal>>;

interface RefreshOptions {
  readonly sessions: SessionStore;
  readonly keys: RefreshKeys;
  readonly accessTokens: AccessTokens;
  readonly endings: SessionEndingsNotifier;
  readonly audit: AuditLog;
  readonly limits: SessionLimits;
  readonly roleScopes: RoleScopes;
  /** Where answers are counted. */
  readonly refreshes: OutcomeCounts;
  readonly clock: Clock;
  readonly pause: (ms: number) => Promise<void>;
  readonly log: Log;
}

/**
 * Creates the refresh. Does NOT record an audit event for each refresh: every client does it each quarter of an hour and nobody decides
 * anything by it, so that the events that matter would drown; the session's `last_seen_at` tells of the last one. Records spent tokens, and those
 * of sessions that have ended; what is not authentic tells of nobody.
 * @see RFC 9700, section 4.14.2 (refresh token rotation)
 */
export function createRefresh(options: RefreshOptions): Refresh {
  const { keys, log } = options;
  const share = createSharedFlights<Result<Refreshed, RefreshRefusal>>(options);
  const isAllowed = createScopeCheck(options);
  const rotate = createRotation(options);

  async function exchange(
    presented: PresentedRefreshToken,
    request: AuditRequest,
  ): Promise<Result<Refreshed, RefreshRefusal>> {
    const content = await readRefreshToken(await keys.readingKeys(), presented.token);
    if (content === undefined) {
      log.info('refresh refused', { request_id: request.requestId, because: 'not_authentic' });
      return refused('invalid_token');
    }
    const { sessionId, counter } = content;
    const { clientId, scopes } = presented;
    return share(JSON.stringify([sessionId, counter, clientId, scopes]), async () =>
      (await isAllowed(sessionId, presented))
        ? rotate(content, presented, request)
        : refused('scope_not_allowed'),
    );
  }

  return (presented, request) => countResult(options.refreshes, () => exchange(presented, request));
}

/**
 * Creates the check whether a user has all scopes that are asked for. It comes before the rotation, so that asking for too much leaves the token unspent;
 * what the rotation will refuse passes. Asks the store only where scopes are named.
 */
function createScopeCheck({ sessions, limits, roleScopes }: RefreshOptions) {
  return async (sessionId: string, { clientId, scopes }: PresentedRefreshToken): Promise<boolean> => {
    if (scopes === undefined) return true;
    const found = await sessions.findActiveWithUser(sessionId, limits);
    if (found === undefined || found.session.clientId !== clientId) return true;
    const held = scopesOfRoles(found.user.roles, roleScopes);
    return scopes.every((scope) => held.includes(scope));
  };
}

function createRotation(options: RefreshOptions) {
  const { sessions, keys, accessTokens, limits } = options;
  return async (
    content: RefreshTokenContent,
    { clientId, clientRevokedAt, scopes }: PresentedRefreshToken,
    request: AuditRequest,
  ): Promise<Result<Refreshed, 'invalid_token'>> => {
    // Before the rotation: a failure here leaves the token unspent.
    const key = await keys.writingKey();
    const rotation = await sessions.rotateRefreshToken({ ...content, clientId, idle: limits });
    switch (rotation.kind) {
      case 'rotated':
      case 'repeated': {
        const { user, session } = rotation;
        const accessToken = await accessTokens.issueAccessToken(user, session, { scopes, clientRevokedAt });
        const successor = { sessionId: content.sessionId, counter: content.counter + 1 };
        return ok({ user, session, accessToken, refreshToken: await writeRefreshToken(key, successor) });
      }
      case 'replayed':
        reportReplay(rotation.session, request, options);
        return refused('invalid_token');
      case 'unknown':
        await reportUnknown(content.sessionId, clientId, request, options);
        return refused('invalid_token');
    }
  };
}

async function reportUnknown(
  sessionId: string,
  clientId: string | undefined,
  request: AuditRequest,
  { sessions, endings, limits, audit, log }: RefreshOptions,
): Promise<void> {
  const { requestId } = request;
  log.info('refresh refused', { request_id: requestId, because: 'not_known', session_id: sessionId });
  const session = await sessions.findActiveById(sessionId, limits);
  const isForeign = session !== undefined && session.clientId !== clientId;
  audit.record({
    type: 'session.refreshed',
    outcome: 'refused',
    reason: isForeign ? 'client_mismatch' : 'session_not_active',
    actor: presenter(clientId),
    target: { kind: 'session', id: sessionId },
    sessionId,
    request,
  });
  // Another process may have ended it: ours hears of it here at the latest.
  if (session === undefined) endings.notify(sessionId);
}

function reportReplay(
  session: Session,
  request: AuditRequest,
  { endings, audit, log }: RefreshOptions,
): void {
  endings.notify(session.id);
  const { requestId } = request;
  log.warn('a spent refresh token was presented', { request_id: requestId, session_id: session.id });
  audit.record({
    type: 'session.compromised',
    outcome: 'success',
    reason: 'refresh_token_replayed',
    actor: presenter(session.clientId),
    target: { kind: 'session', id: session.id },
    sessionId: session.id,
    request,
    details: { user_id: session.userId },
  });
}

/** Who presented a refresh token: it is no proof of its user, but a client has proved who it is. */
function presenter(clientId: string | undefined): AuditActor {
  return clientId === undefined ? { kind: 'anonymous' } : { kind: 'client', id: clientId };
}
