import { createListeners } from '../../lib/listeners.ts';
import type { Log } from '../../lib/log.ts';

/** Tells, inside one process, of sessions that were ended. */
export interface SessionEndings {
  /**
   * Calls the listener with the id of each session that this core ends from now on, after the store holds it. Answers with a function that stops it.
   * Does NOT tell of sessions that other processes end, nor of those that run out.
   */
  onSessionEnded(listener: (sessionId: string) => void): () => void;
}

/** The side of the endings that the core itself uses. */
export interface SessionEndingsNotifier extends SessionEndings {
  notify(sessionId: string): void;
}

/** Creates the endings. A listener that throws is logged and keeps neither the others nor the end of the session from going on. */
export function createSessionEndings(log: Log): SessionEndingsNotifier {
  const listeners = createListeners<string>((sessionId) =>
    log.error('a listener for ended sessions failed', { session_id: sessionId }),
  );
  return { onSessionEnded: listeners.add, notify: listeners.tell };
}
