import type { Client } from '../../../src/core/clients/client-store.ts';
import type { IdleLimits } from '../../../src/core/sessions/session-limits.ts';
import {
  type NewSession,
  REFRESH_GRACE_SECONDS,
  REFRESH_GRACE_USES_MAX,
  type RefreshRotation,
  type Session,
  type SessionStore,
  type UserSession,
} from '../../../src/core/sessions/session-store.ts';
import type { User } from '../../../src/core/users/user-store.ts';
import { createId } from '../../../src/identity/ids.ts';
import type { Clock } from '../../../src/lib/durations.ts';
import type { StoredRevocations } from './memory-revocation-log.ts';

interface SessionRow extends Session {
  readonly tokenHash: string | undefined;
  readonly refresh: Refresh | undefined;
}

interface Refresh {
  readonly counter: number;
  readonly rotatedAtMs: number;
  readonly graceUses: number;
}

const TOUCH_AFTER_MS = 60_000;

/** Creates the sessions' store in memory, empty, beside the maps of the stores of users and clients. */
export function createMemorySessionStore(
  usersById: ReadonlyMap<string, User>,
  clientsById: ReadonlyMap<string, { readonly client: Client }>,
  clock: Clock,
  revocations: StoredRevocations,
): SessionStore {
  const { append: revoked, has: isRevoked } = revocations;
  const rows = new Map<string, SessionRow>();
  const hasClient = ({ clientId }: SessionRow) => {
    if (clientId === undefined) return true;
    const client = clientsById.get(clientId)?.client;
    return client !== undefined && client.disabledAt === undefined;
  };
  const isActive = (row: SessionRow) =>
    row.state === 'active' &&
    row.expiresAt.getTime() > clock() &&
    usersById.has(row.userId) &&
    usersById.get(row.userId)?.disabledAt === undefined &&
    hasClient(row);
  const isSeenLately = ({ lastSeenAt, transport }: SessionRow, idle: IdleLimits) =>
    clock() - lastSeenAt.getTime() <=
    1000 * (transport === 'bearer' ? idle.bearerIdleSeconds : idle.cookieIdleSeconds);
  const toSession = ({ tokenHash: _, refresh: __, ...session }: SessionRow): Session => session;
  const withUser = (row: SessionRow): UserSession | undefined => {
    const user = usersById.get(row.userId);
    return user && { session: toSession(row), user };
  };
  const active = () => [...rows.values()].filter(isActive);

  function findActive(sessionId: string, idle: IdleLimits, tokenId?: string): SessionRow | undefined {
    const row = rows.get(sessionId);
    const stands = row !== undefined && isActive(row) && isSeenLately(row, idle);
    return stands && !isRevoked(tokenId) ? row : undefined;
  }

  function end(row: SessionRow): void {
    rows.set(row.id, { ...row, state: 'revoked', endedAt: new Date(clock()) });
    revoked('session', row.id);
  }

  function endWhere(isMeant: (row: SessionRow) => boolean): readonly string[] {
    const ending = [...rows.values()].filter((row) => row.state === 'active' && isMeant(row));
    ending.forEach(end);
    return ending.map((row) => row.id);
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
      return withUser(touch(row));
    },
    async findActiveWithUser(...asked) {
      const row = findActive(...asked);
      return row && withUser(row);
    },
    async findByRefreshToken({ sessionId, counter, clientId, idle }) {
      const row = rows.get(sessionId);
      const isPresented = row?.refresh?.counter === counter && row.clientId === clientId;
      return isPresented && isActive(row) && isSeenLately(row, idle) ? withUser(row) : undefined;
    },
    async findActiveById(...asked) {
      const row = findActive(...asked);
      return row && toSession(row);
    },
    listActive: async (userId, idle) =>
      active()
        .filter((row) => row.userId === userId && isSeenLately(row, idle))
        .map(toSession),
    async rotateRefreshToken({ sessionId, clientId, counter, idle }) {
      const row = rows.get(sessionId);
      const user = row && usersById.get(row.userId);
      if (row?.refresh === undefined || user === undefined || !isActive(row)) return { kind: 'unknown' };
      if (row.clientId !== clientId) return { kind: 'unknown' };
      if (!isSeenLately(row, idle) || row.refresh.counter < counter) return { kind: 'unknown' };
      const { kind, ...changed } = judge(row.refresh, counter, clock());
      const judged = { ...row, ...changed };
      rows.set(row.id, judged);
      if (kind === 'replayed') revoked('session', row.id);
      return { kind, session: toSession(judged), user };
    },
    async end(sessionId, userId) {
      const row = rows.get(sessionId);
      if (row === undefined || row.userId !== userId || row.state !== 'active') return 'not_found';
      end(row);
      return 'ended';
    },
    endAll: async (userId) => endWhere((row) => row.userId === userId),
    endAllExcept: async (userId, sessionId) =>
      endWhere((row) => row.userId === userId && row.id !== sessionId),
  };
}

function judge(
  { counter, rotatedAtMs, graceUses }: Refresh,
  presented: number,
  nowMs: number,
): Partial<SessionRow> & { readonly kind: Exclude<RefreshRotation['kind'], 'unknown'> } {
  const now = new Date(nowMs);
  if (counter === presented)
    return {
      kind: 'rotated',
      refresh: { counter: counter + 1, rotatedAtMs: nowMs, graceUses: 0 },
      lastSeenAt: now,
    };
  const isPredecessor = counter - 1 === presented;
  if (
    isPredecessor &&
    nowMs - rotatedAtMs <= REFRESH_GRACE_SECONDS * 1000 &&
    graceUses < REFRESH_GRACE_USES_MAX
  )
    return { kind: 'repeated', refresh: { counter, rotatedAtMs, graceUses: graceUses + 1 } };
  return { kind: 'replayed', state: 'compromised', endedAt: now };
}

function newRow(added: NewSession, nowMs: number): SessionRow {
  const { lifetimeSeconds, tokenHash, ...facts } = added;
  const now = new Date(nowMs);
  const expiresAt = new Date(nowMs + lifetimeSeconds * 1000);
  const refresh = added.transport === 'cookie' ? undefined : { counter: 0, rotatedAtMs: nowMs, graceUses: 0 };
  const times = { createdAt: now, lastSeenAt: now, expiresAt, endedAt: undefined };
  return {
    ...facts,
    ...times,
    id: createId('session'),
    state: 'active',
    tokenHash: tokenHash?.toHex(),
    refresh,
  };
}
