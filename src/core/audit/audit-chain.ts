import type { TimedAuditEvent } from './audit-log.ts';
import { type AuditRow, toUnlinkedAuditRow } from './audit-row.ts';

/** The end of the chain, to which the next row is linked. */
export type AuditChainHead = Pick<AuditRow, 'sequence' | 'hash'>;

/** What stands before the first row: sequence 0 and a hash of 32 zero bytes. */
export const AUDIT_CHAIN_START: AuditChainHead = { sequence: 0, hash: new Uint8Array(32) };

/** Of what is hashed; another order or other members need another tag. */
const VERSION_TAG = 'wardgate-audit-1';

/** Links events to the end of a chain, in their order. Does NOT look for ids that the chain holds already. */
export async function linkAuditEvents(
  head: AuditChainHead,
  events: readonly TimedAuditEvent[],
): Promise<readonly AuditRow[]> {
  const rows: AuditRow[] = [];
  let { sequence, hash: previousHash } = head;
  for (const event of events) {
    sequence += 1;
    const row = { ...toUnlinkedAuditRow(event), sequence, previousHash };
    const hash = await hashAuditRow(row);
    rows.push({ ...row, hash });
    previousHash = hash;
  }
  return rows;
}

/**
 * Computes a row's hash: SHA-256 over the 32 bytes of the previous hash and the UTF-8 of a JSON array: a version tag, then the members in the order
 * below, the time in milliseconds, `null` for what is absent, keys of the details in the order of their UTF-16 code units at every depth. Keyless: it
 * does NOT stop someone who can rewrite the whole table.
 */
export async function hashAuditRow(row: Omit<AuditRow, 'hash'>): Promise<Uint8Array> {
  const text = toCanonicalJson([
    VERSION_TAG,
    row.sequence,
    row.id,
    row.at.getTime(),
    row.type,
    row.outcome,
    row.reason,
    row.actorKind,
    row.actorId,
    row.targetKind,
    row.targetId,
    row.sessionId,
    row.requestId,
    row.clientAddress,
    row.details,
  ]);
  const content = new TextEncoder().encode(text);
  const bytes = new Uint8Array(row.previousHash.length + content.length);
  bytes.set(row.previousHash);
  bytes.set(content, row.previousHash.length);
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

function toCanonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toCanonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${toCanonicalJson(member)}`).join(',')}}`;
}
