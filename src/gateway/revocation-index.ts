import type { Clock } from '../lib/durations.ts';
import type { RevocationIndex } from './session-lookup.ts';

/** The index that a process keeps in memory of sessions that ended while tokens of theirs may still be about. */
export interface MemoryRevocationIndex extends RevocationIndex {
  /** From now until `rememberSeconds` later, by the clock, tokens of this session are refused. */
  revoke(sessionId: string): void;
}

/**
 * Creates a revocation index. Bounded by time: an entry goes when the last token of its session has expired, which is
 * `rememberSeconds` after the session ended. Does NOT learn by itself what is revoked elsewhere.
 */
export function createRevocationIndex(options: {
  readonly clock: Clock;
  readonly rememberSeconds: number;
}): MemoryRevocationIndex {
  const forgetAtMs = new Map<string, number>();

  function forgetOld(nowMs: number): void {
    // Entries stand in the order of their ends, so the first that is still needed ends the work.
    for (const [sessionId, atMs] of forgetAtMs) {
      if (atMs > nowMs) return;
      forgetAtMs.delete(sessionId);
    }
  }

  return {
    isRevoked: (sessionId) => forgetAtMs.size > 0 && forgetAtMs.has(sessionId),
    revoke(sessionId) {
      const nowMs = options.clock();
      forgetOld(nowMs);
      forgetAtMs.delete(sessionId);
      forgetAtMs.set(sessionId, nowMs + options.rememberSeconds * 1000);
    },
  };
}
