import type { User } from '../../src/core/accounts/user-store.ts';
import type { SigningKeyStore, StoredSigningKey } from '../../src/core/keys/signing-key-store.ts';
import type { NewSession, Session, SessionStore } from '../../src/core/sessions/session-store.ts';
import { createId } from '../../src/identity/ids.ts';
import type { Clock } from '../../src/lib/durations.ts';
import { createMemoryUserStore, type MemoryUserStore } from './memory-user-store.ts';

/** A clock that stands still until the test moves it. */
export interface ManualClock {
  readonly now: Clock;
  advanceSeconds(seconds: number): void;
}

/** Creates a clock that starts at a whole second of 2026. */
export function createManualClock(startMs = Date.UTC(2026, 0, 15, 12)): ManualClock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    advanceSeconds: (seconds) => {
      nowMs += seconds * 1000;
    },
  };
}

/** The core's stores in memory, at the test's clock; they hold the same contracts as the stores on Postgres. */
export interface MemoryStores {
  readonly users: MemoryUserStore;
  readonly sessions: SessionStore;
  readonly signingKeys: SigningKeyStore & { replace(keys: readonly StoredSigningKey[]): void };
}

/** Creates empty stores. */
export function createMemoryStores(clock: Clock): MemoryStores {
  const usersById = new Map<string, User>();
  return {
    users: createMemoryUserStore(usersById, clock),
    sessions: createMemorySessionStore(usersById, clock),
    signingKeys: createMemorySigningKeyStore(clock),
  };
}

interface SessionRow extends Session {
  readonly tokenHash: string | undefined;
}

const TOUCH_AFTER_MS = 60_000;

function createMemorySessionStore(usersById: ReadonlyMap<string, User>, clock: Clock): SessionStore {
  const rows = new Map<string, SessionRow>();
  const isActive = (row: SessionRow) =>
    row.state === 'active' &&
    row.expiresAt.getTime() > clock() &&
    usersById.has(row.userId) &&
    usersById.get(row.userId)?.disabledAt === undefined;
  const toSession = ({ tokenHash: _, ...session }: SessionRow): Session => session;
  const active = () => [...rows.values()].filter(isActive);

  function end(row: SessionRow): void {
    rows.set(row.id, { ...row, state: 'revoked', endedAt: new Date(clock()) });
  }

  function touch(row: SessionRow): SessionRow {
    if (clock() - row.lastSeenAt.getTime() < TOUCH_AFTER_MS) return row;
    const touched = { ...row, lastSeenAt: new Date(clock()) };
    rows.set(row.id, touched);
    return touched;
  }

  return {
    async begin(added) {
      const row = newRow(added, clock());
      rows.set(row.id, row);
      return toSession(row);
    },
    async findActiveByTokenHash(tokenHash, idleSeconds) {
      const row = active().find((candidate) => candidate.tokenHash === tokenHash.toHex());
      if (row === undefined || clock() - row.lastSeenAt.getTime() > idleSeconds * 1000) return undefined;
      return toSession(touch(row));
    },
    async findActiveById(sessionId) {
      const row = rows.get(sessionId);
      return row !== undefined && isActive(row) ? toSession(row) : undefined;
    },
    listActive: async (userId) =>
      active()
        .filter((row) => row.userId === userId)
        .map(toSession),
    async end(sessionId, userId) {
      const row = rows.get(sessionId);
      if (row === undefined || row.userId !== userId || row.state !== 'active') return 'not_found';
      end(row);
      return 'ended';
    },
    async endAll(userId) {
      const ending = [...rows.values()].filter((row) => row.userId === userId && row.state === 'active');
      ending.forEach(end);
      return ending.map((row) => row.id);
    },
    listEnded: async (withinSeconds) =>
      [...rows.values()].flatMap(({ id, endedAt }) =>
        endedAt !== undefined && endedAt.getTime() >= clock() - withinSeconds * 1000
          ? [{ sessionId: id, endedAt }]
          : [],
      ),
  };
}

function newRow(added: NewSession, nowMs: number): SessionRow {
  const { lifetimeSeconds, tokenHash, ...facts } = added;
  const now = new Date(nowMs);
  const expiresAt = new Date(nowMs + lifetimeSeconds * 1000);
  const times = { createdAt: now, lastSeenAt: now, expiresAt, endedAt: undefined };
  return { ...facts, ...times, id: createId('session'), state: 'active', tokenHash: tokenHash?.toHex() };
}

function createMemorySigningKeyStore(clock: Clock): MemoryStores['signingKeys'] {
  let keys: readonly StoredSigningKey[] = [];
  let adding: Promise<unknown> = Promise.resolve();
  return {
    list: async () => keys,
    async addFirst(make) {
      // One after another, as under the advisory lock.
      const turn = adding.then(async () => {
        if (keys.length === 0) keys = [{ ...(await make()), createdAt: new Date(clock()) }];
        return keys;
      });
      adding = turn.catch(() => undefined);
      return turn;
    },
    replace(replacement) {
      keys = replacement;
    },
  };
}
