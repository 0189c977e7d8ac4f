import type { ClientStore } from '../../../src/core/clients/client-store.ts';
import type { SubjectStanding } from '../../../src/core/exchange/subject-standing.ts';
import type { OneTimeTokenStore } from '../../../src/core/links/one-time-token-store.ts';
import type { ApiKeyStore } from '../../../src/core/machines/api-key-store.ts';
import type { RefreshKeyStore } from '../../../src/core/sessions/refresh-key-store.ts';
import type { SessionStore } from '../../../src/core/sessions/session-store.ts';
import type { User } from '../../../src/core/users/user-store.ts';
import type { Clock } from '../../../src/lib/durations.ts';
import { createMemoryApiKeyStore } from './memory-api-key-store.ts';
import { createMemoryAuditStore, type MemoryAuditStore } from './memory-audit-store.ts';
import { type ClientRow, createMemoryClientStore } from './memory-client-store.ts';
import { createMemoryOneTimeTokenStore } from './memory-one-time-token-store.ts';
import { createMemoryRefreshKeyStore } from './memory-refresh-key-store.ts';
import { createMemoryRevocationLog, type MemoryRevocationLog } from './memory-revocation-log.ts';
import { createMemorySessionStore } from './memory-session-store.ts';
import { createMemorySigningKeyStore, type MemorySigningKeyStore } from './memory-signing-key-store.ts';
import { createMemorySubjectStanding } from './memory-subject-standing.ts';
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
  readonly apiKeys: ApiKeyStore;
  readonly clients: ClientStore;
  readonly oneTimeTokens: OneTimeTokenStore;
  readonly sessions: SessionStore;
  readonly refreshKeys: RefreshKeyStore;
  readonly signingKeys: MemorySigningKeyStore;
  readonly audit: MemoryAuditStore;
  readonly revocationLog: MemoryRevocationLog;
  readonly subjectStanding: SubjectStanding;
}

/** Creates empty stores. */
export function createMemoryStores(clock: Clock): MemoryStores {
  const usersById = new Map<string, User>();
  const clientsById = new Map<string, ClientRow>();
  const revocationLog = createMemoryRevocationLog(clock);
  const { append } = revocationLog;
  const sessions = createMemorySessionStore(usersById, clientsById, clock, revocationLog);
  return {
    users: createMemoryUserStore(usersById, clock, append),
    oneTimeTokens: createMemoryOneTimeTokenStore(clock),
    sessions,
    subjectStanding: createMemorySubjectStanding(sessions, revocationLog),
    refreshKeys: createMemoryRefreshKeyStore(clock),
    signingKeys: createMemorySigningKeyStore(clock, append),
    apiKeys: createMemoryApiKeyStore(clock, append),
    audit: createMemoryAuditStore(),
    revocationLog,
    clients: createMemoryClientStore(clientsById, clock, revocationLog),
  };
}
