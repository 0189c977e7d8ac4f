import type { AuditEvent, AuditEventType, AuditOrigin } from '../audit/audit-log.ts';
import { phaseOf } from './key-times.ts';
import type { KeyChange, SigningKeyListing, SigningKeyTimes } from './signing-key-store.ts';

/** What happens to keys as time passes. */
export const BY_ITSELF: AuditOrigin = { actor: { kind: 'system' } };

/** Where a key that is added comes from. */
export type KeyOrigin = 'generated' | 'imported';

/**
 * Tells for the audit log what a change did to each key: made or imported, signs from now on, revoked, gone. What time alone brought about was done by
 * the system, whoever made the change in which it was noticed.
 */
export function keyEvents(
  before: SigningKeyListing,
  { add, times }: KeyChange,
  by: AuditOrigin,
  origin: KeyOrigin,
): readonly AuditEvent[] {
  const events = times.flatMap((key) => {
    const known = before.keys.find(({ id }) => id === key.id);
    if (known === undefined || key.notedPhase === (known.notedPhase ?? phaseOf(known, before.now))) return [];
    const type = EVENT_OF_PHASE[key.notedPhase];
    if (type === undefined) return [];
    return [eventOf(type, key.id, isTimed(known, key) ? by : BY_ITSELF)];
  });
  if (add === undefined) return events;
  const details = { algorithm: add.algorithm, signs_from: add.signsFrom.toISOString() };
  const added = { ...eventOf(`signing_key.${origin}`, add.id, by), details };
  const takesOver = add.notedPhase === 'signing' && before.keys.length > 0;
  return [...events, added, ...(takesOver ? [eventOf('signing_key.rotated', add.id, by)] : [])];
}

const EVENT_OF_PHASE: Readonly<Record<SigningKeyTimes['notedPhase'], AuditEventType | undefined>> = {
  next: undefined,
  signing: 'signing_key.rotated',
  gone: 'signing_key.gone',
  revoked: 'signing_key.revoked',
};

function isTimed(
  known: Pick<SigningKeyTimes, 'signsFrom' | 'revokedAt'>,
  key: Pick<SigningKeyTimes, 'signsFrom' | 'revokedAt'>,
): boolean {
  return (
    known.signsFrom.getTime() !== key.signsFrom.getTime() ||
    known.revokedAt?.getTime() !== key.revokedAt?.getTime()
  );
}

function eventOf(type: AuditEventType, id: string, by: AuditOrigin): AuditEvent {
  return { type, outcome: 'success', ...by, target: { kind: 'signing_key', id } };
}
