import type { AuditEvent, AuditLog, AuditOrigin } from '../audit/audit-log.ts';
import type { KeyDecision } from './key-changes.ts';
import { type KeyOrigin, keyEvents } from './key-events.ts';
import type { SigningKeyListing, SigningKeyStore } from './signing-key-store.ts';

/** What came of a change. */
export interface KeyOutcome {
  /** Whether there was anything to do. */
  readonly changed: boolean;
  readonly listing: SigningKeyListing;
}

/** Changes stored keys by a decision. Throws UnavailableError ('database'). */
export type RecordedChange = (
  decide: KeyDecision,
  by: AuditOrigin,
  origin?: KeyOrigin,
) => Promise<KeyOutcome>;

/** Makes the one way to change keys: what it does to each is recorded for the audit log, by the process that did it. */
export function createRecordedChange(options: {
  readonly store: SigningKeyStore;
  readonly audit: AuditLog;
}): RecordedChange {
  const { store, audit } = options;
  return async (decide, by, origin = 'generated') => {
    let events: readonly AuditEvent[] = [];
    let changed = false;
    const listing = await store.change(async (before) => {
      const decided = await decide(before);
      changed = decided !== undefined;
      events = decided === undefined ? [] : keyEvents(before, decided, by, origin);
      return decided;
    });
    for (const event of events) audit.record(event);
    return { changed, listing };
  };
}
