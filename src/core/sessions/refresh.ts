import type { Clock } from '../../lib/durations.ts';
import type { Log } from '../../lib/log.ts';
import { countResult, type OutcomeCounts } from '../../lib/outcome-counts.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import type { AuditLog, AuditRequest } from '../audit/audit-log.ts';
import type { AccessTokens, IssuedAccessToken } from '../tokens/access-token.ts';
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

/**
 * Exchanges a refresh token for its successor and an access token with the user's roles as they are now. A spent token ends its session as
 * compromised, and no other; a token that is not authentic changes nothing. Throws UnavailableError, after which the token is as good as before.
 */
export type Refresh = (
  refreshToken: string,
  request: AuditRequest,
) => Promise<Result<Refreshed, 'invalid_token'>>;

interface RefreshOptions {
  readonly sessions: SessionStore;
  readonly keys: RefreshKeys;
  readonly accessTokens: AccessTokens;
  readonly endings: SessionEndingsNotifier;
  readonly audit: AuditLog;
  readonly limits: SessionLimits;
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
  const share = createSharedFlights<Result<Refreshed, 'invalid_token'>>(options);
  const rotate = createRotation(options);

  async function exchange(
    refreshToken: string,
    request: AuditRequest,
  ): Promise<Result<Refreshed, 'invalid_token'>> {
    const content = await readRefreshToken(await keys.readingKeys(), refreshToken);
    if (content === undefined) {
      log.info('refresh refused', { request_id: request.requestId, because: 'not_authentic' });
      return refused('invalid_token');
    }
    return share(`${content.sessionId}:${content.counter}`, () => rotate(content, request));
  }

  return (refreshToken, request) => countResult(options.refreshes, () => exchange(refreshToken, request));
}

function createRotation(options: RefreshOptions) {
  const { sessions, keys, accessTokens, endings, limits, audit, log } = options;

  async function unknown({ sessionId }: RefreshTokenContent, request: AuditRequest): Promise<void> {
    log.info('refresh refused', {
      request_id: request.requestId,
      because: 'not_known',
      session_id: sessionId,
    });
    audit.record({
      type: 'session.refreshed',
      outcome: 'refused',
      reason: 'session_not_active',
      actor: { kind: 'anonymous' },
      target: { kind: 'session', id: sessionId },
      sessionId,
      request,
    });
    // Another process may have ended it: ours hears of it here at the latest.
    if ((await sessions.findActiveById(sessionId, limits)) === undefined) endings.notify(sessionId);
  }

  return async (
    content: RefreshTokenContent,
    request: AuditRequest,
  ): Promise<Result<Refreshed, 'invalid_token'>> => {
    // Before the rotation: a failure here leaves the token unspent.
    const key = await keys.writingKey();
    const rotation = await sessions.rotateRefreshToken({ ...content, idle: limits });
    switch (rotation.kind) {
      case 'rotated':
      case 'repeated': {
        const { user, session } = rotation;
        const accessToken = await accessTokens.issueAccessToken(user, session);
        const successor = { sessionId: content.sessionId, counter: content.counter + 1 };
        return ok({ user, session, accessToken, refreshToken: await writeRefreshToken(key, successor) });
      }
      case 'replayed':
        reportReplay(rotation.session, request, options);
        return refused('invalid_token');
      case 'unknown':
        await unknown(content, request);
        return refused('invalid_token');
    }
  };
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
    actor: { kind: 'anonymous' },
    target: { kind: 'session', id: session.id },
    sessionId: session.id,
    request,
    details: { user_id: session.userId },
  });
}
