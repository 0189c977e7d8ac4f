import type { RevocationLog } from '../../../src/core/revocation/revocation-log.ts';
import { REVOCATION_MEMORY_SECONDS } from '../../../src/core/revocation/revocation-memory.ts';
import type { RevocableKind, Revocation } from '../../../src/identity/revocation.ts';
import type { Clock } from '../../../src/lib/durations.ts';
import { createListeners } from '../../../src/lib/listeners.ts';
import { UnavailableError } from '../../../src/lib/unavailable-error.ts';

/** Appends to the log, as the triggers of Postgres do, and answers with the time of the revocation. */
export type AppendRevocation = (kind: RevocableKind, id: string) => number;

/** Writes to the log, and looks into it, as the stores do. */
export interface StoredRevocations {
  readonly append: AppendRevocation;
  /** Whether there is a row about what has that id. */
  has(id: string | undefined): boolean;
}

/** A log in memory, which a test may write to and break. */
export interface MemoryRevocationLog extends RevocationLog, StoredRevocations {
  /** Whether reads fail. */
  isBroken: boolean;
  /** How often it was read. */
  readonly reads: () => number;
}

/** Creates an empty log at the test's clock. A cursor is the number of rows that were read. */
export function createMemoryRevocationLog(clock: Clock): MemoryRevocationLog {
  const rows: Revocation[] = [];
  const listeners = createListeners<'appended' | 'gap'>(() => {});
  let reads = 0;
  const append: AppendRevocation = (kind, id) => {
    const earlier = kind === 'user' || kind === 'client' ? rows.filter((row) => row.id === id) : [];
    const revokedAtMs = Math.max(clock(), ...earlier.map((row) => row.revokedAtMs + 1000));
    rows.push({ kind, id, revokedAtMs });
    listeners.tell('appended');
    return revokedAtMs;
  };
  return {
    append,
    has: (id) => rows.some((row) => row.id === id),
    isBroken: false,
    reads: () => reads,
    async read(after) {
      reads += 1;
      if (this.isBroken) throw new UnavailableError('database', 'the test broke the log');
      const count = after !== undefined && /^\d{1,15}$/.test(after) ? Number(after) : 0;
      const oldestMs = clock() - REVOCATION_MEMORY_SECONDS * 1000;
      const revocations = rows
        .slice(count <= rows.length ? count : 0)
        .filter(({ revokedAtMs }) => revokedAtMs > oldestMs);
      return { revocations, cursor: String(rows.length), readAtMs: clock() };
    },
    async revokeToken(tokenId) {
      append('token', tokenId);
    },
    onAppended(listener) {
      const stop = listeners.add(listener);
      return async () => stop();
    },
  };
}
