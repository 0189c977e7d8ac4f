import type { AuditLog, AuditRequest } from '../audit/audit-log.ts';
import type { RevocationFollowing } from '../revocation/follow-revocations.ts';
import type { SessionEndingsNotifier } from './session-endings.ts';
import type { SessionStore } from './session-store.ts';

/** Ends sessions, in the store first and then in the memory of whoever listens; the followers of the log in this process have heard of it before the answer, unless that takes a second. */
export interface EndSession {
  /**
   * Ends one session of that user; `not_found` also when it is another user's or has ended before. Does NOT record it without a request of the
   * user's own: then the caller knows who did what, and records that.
   */
  endSession(sessionId: string, userId: string, ownRequest?: AuditRequest): Promise<'ended' | 'not_found'>;
  /** Tells listeners of a session that was found to have ended, here or elsewhere; an end whose outcome got lost is made up for so. */
  noteEnded(sessionId: string): void;
  /** Ends all sessions of a user. Does NOT record it without a request of the user's own, as above. */
  endAllSessions(userId: string, ownRequest?: AuditRequest): Promise<void>;
  /** Ends all sessions of a user but the one that goes on; records it as `endAllSessions` does. */
  endOtherSessions(userId: string, sessionId: string, ownRequest?: AuditRequest): Promise<void>;
}

/** Creates the end of sessions on a store. Every act throws UnavailableError ('database') when the store could not tell. */
export function createEndSession(options: {
  readonly sessions: SessionStore;
  readonly endings: SessionEndingsNotifier;
  readonly audit: AuditLog;
  /** Where nobody follows the log there is nothing to wait for. */
  readonly revocations?: Pick<RevocationFollowing, 'readNow'>;
}): EndSession {
  const { sessions, endings, audit, revocations } = options;

  function ended(sessionId: string, userId: string, { requestId, clientAddress }: AuditRequest): void {
    audit.record({
      type: 'session.ended',
      outcome: 'success',
      actor: { kind: 'user', id: userId },
      target: { kind: 'session', id: sessionId },
      request: { requestId, clientAddress },
    });
  }

  async function tell(
    sessionIds: readonly string[],
    userId: string,
    ownRequest: AuditRequest | undefined,
  ): Promise<void> {
    for (const sessionId of sessionIds) {
      endings.notify(sessionId);
      if (ownRequest !== undefined) ended(sessionId, userId, ownRequest);
    }
    if (sessionIds.length > 0) await revocations?.readNow();
  }

  return {
    async endSession(sessionId, userId, ownRequest) {
      const outcome = await sessions.end(sessionId, userId);
      if (outcome === 'ended') await tell([sessionId], userId, ownRequest);
      return outcome;
    },
    noteEnded: endings.notify,
    async endAllSessions(userId, ownRequest) {
      await tell(await sessions.endAll(userId), userId, ownRequest);
    },
    async endOtherSessions(userId, kept, ownRequest) {
      await tell(await sessions.endAllExcept(userId, kept), userId, ownRequest);
    },
  };
}
