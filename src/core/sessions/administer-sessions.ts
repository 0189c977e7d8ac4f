import { isId } from '../../identity/ids.ts';
import { DAY_SECONDS } from '../../lib/durations.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Administrator } from '../users/administer-users.ts';
import type { EndSession } from './end-session.ts';
import type { IdleLimits } from './session-limits.ts';
import type { Session, SessionStore } from './session-store.ts';

// The longest that a policy file allows. What an administrator looks for is not hidden by the policy of the day.
const ANY_IDLE: IdleLimits = { bearerIdleSeconds: 365 * DAY_SECONDS, cookieIdleSeconds: 365 * DAY_SECONDS };

/** What administrators do with single sessions. Throws UnavailableError. Does NOT look at the administrator's roles. */
export interface AdministerSessions {
  /** The sessions of a user that were not ended and have not run out, also those that lay unused for too long. */
  list(userId: string): Promise<readonly Session[]>;
  /** Ends a session, whosever it is; `not_found` also when it has ended before. Recorded for the audit log either way. */
  end(by: Administrator, sessionId: string): Promise<'ended' | 'not_found'>;
}

/** Creates the administration of sessions. */
export function createAdministerSessions(options: {
  readonly sessions: SessionStore;
  readonly endSession: EndSession;
  readonly audit: AuditLog;
}): AdministerSessions {
  const { sessions, endSession, audit } = options;
  return {
    list: (userId) => sessions.listActive(userId, ANY_IDLE),
    async end({ actor, request }, sessionId) {
      const isOurs = isId('session', sessionId);
      const session = isOurs ? await sessions.findActiveById(sessionId, ANY_IDLE) : undefined;
      const outcome = session ? await endSession.endSession(sessionId, session.userId) : 'not_found';
      audit.record({
        type: 'session.ended',
        ...(outcome === 'ended' ? { outcome: 'success' } : { outcome: 'refused', reason: outcome }),
        actor,
        // What is no id of ours may be anything that somebody typed.
        ...(isOurs && { target: { kind: 'session', id: sessionId } }),
        ...(request && { request }),
        // Whose session it was: it is none of the actor's.
        ...(session && { details: { user_id: session.userId } }),
      });
      return outcome;
    },
  };
}
