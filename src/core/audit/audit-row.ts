import type { AuditEvent, TimedAuditEvent } from './audit-log.ts';

/** An event as it is stored: flat, and linked to the one before. */
export interface AuditRow {
  /** Without gaps, from 1. */
  readonly sequence: number;
  readonly id: string;
  readonly at: Date;
  readonly type: AuditEvent['type'];
  readonly outcome: AuditEvent['outcome'];
  readonly reason: string | undefined;
  readonly actorKind: AuditEvent['actor']['kind'];
  readonly actorId: string | undefined;
  readonly targetKind: NonNullable<AuditEvent['target']>['kind'] | undefined;
  readonly targetId: string | undefined;
  readonly sessionId: string | undefined;
  readonly requestId: string | undefined;
  readonly clientAddress: string | undefined;
  readonly details: NonNullable<AuditEvent['details']>;
  /** The hash of the row before; 32 zero bytes in the first. */
  readonly previousHash: Uint8Array;
  /** SHA-256; see `hashAuditRow`. */
  readonly hash: Uint8Array;
}

/** A row before it has its place in the chain. */
export type UnlinkedAuditRow = Omit<AuditRow, 'sequence' | 'previousHash' | 'hash'>;

/**
 * The user whom an event concerns: whom its details name as `user_id`, otherwise the user on whom it was done, otherwise, of what was done to a session,
 * the user who did it: others end sessions under `user_id`.
 */
export function concernedUserOf({
  details,
  targetKind,
  targetId,
  actorKind,
  actorId,
}: AuditRow): string | undefined {
  if (typeof details.user_id === 'string') return details.user_id;
  if (targetKind === 'user') return targetId;
  return targetKind === 'session' && actorKind === 'user' ? actorId : undefined;
}

/**
 * Flattens an event to what a database gives back unchanged: well-formed texts, and details as JSON keeps them. What is hashed is this, and not what
 * was recorded.
 */
export function toUnlinkedAuditRow({ id, at, event }: TimedAuditEvent): UnlinkedAuditRow {
  const { actor, target, request } = event;
  return {
    id,
    at,
    type: event.type,
    outcome: event.outcome,
    reason: event.reason?.toWellFormed(),
    actorKind: actor.kind,
    actorId: 'id' in actor ? actor.id.toWellFormed() : undefined,
    targetKind: target?.kind,
    targetId: target?.id.toWellFormed(),
    sessionId: event.sessionId?.toWellFormed(),
    requestId: request?.requestId.toWellFormed(),
    clientAddress: request?.clientAddress?.toWellFormed(),
    details: toStorable(event.details ?? {}),
  };
}

function toStorable(details: NonNullable<AuditEvent['details']>): NonNullable<AuditEvent['details']> {
  const text = JSON.stringify(details, (_, value) =>
    typeof value === 'string' ? value.toWellFormed() : value,
  );
  return JSON.parse(text);
}
