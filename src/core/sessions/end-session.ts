import type { SessionEndingsNotifier } from './session-endings.ts';
import type { SessionStore } from './session-store.ts';

/** Ends sessions, in the store first and then in the memory of whoever listens. */
export interface EndSession {
  /** Ends one session of that user; `not_found` also when it is another user's or has ended before. */
  endSession(sessionId: string, userId: string): Promise<'ended' | 'not_found'>;
  /** Tells listeners of a session that was found to have ended, here or elsewhere; an end whose outcome got lost is made up for so. */
  noteEnded(sessionId: string): void;
  /** Ends all sessions of a user. */
  endAllSessions(userId: string): Promise<void>;
  /** Ends all sessions of a user but the one that goes on. */
  endOtherSessions(userId: string, sessionId: string): Promise<void>;
}

/** Creates the end of sessions on a store. Every act throws UnavailableError ('database') when the store could not tell. */
export function createEndSession(options: {
  readonly sessions: SessionStore;
  readonly endings: SessionEndingsNotifier;
}): EndSession {
  const { sessions, endings } = options;
  return {
    async endSession(sessionId, userId) {
      const outcome = await sessions.end(sessionId, userId);
      if (outcome === 'ended') endings.notify(sessionId);
      return outcome;
    },
    noteEnded: endings.notify,
    async endAllSessions(userId) {
      for (const sessionId of await sessions.endAll(userId)) endings.notify(sessionId);
    },
    async endOtherSessions(userId, kept) {
      for (const sessionId of await sessions.endAllExcept(userId, kept)) endings.notify(sessionId);
    },
  };
}
