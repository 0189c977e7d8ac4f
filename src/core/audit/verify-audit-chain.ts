import { AUDIT_CHAIN_START, type AuditChainHead, hashAuditRow } from './audit-chain.ts';
import type { AuditRow } from './audit-row.ts';
import type { AuditStore } from './audit-store.ts';

/** How a chain breaks: a row is not there, holds other than what was hashed, or is not linked to the row before. */
export type AuditChainBreak = 'missing' | 'altered' | 'unlinked';

/** What a verification found: the end of a whole chain, the first break by sequence number, or a whole chain without the head that was kept. */
export type AuditChainFinding =
  | { readonly kind: 'whole'; readonly head: AuditChainHead }
  | { readonly kind: 'broken'; readonly sequence: number; readonly because: AuditChainBreak }
  | { readonly kind: 'head_missing'; readonly head: AuditChainHead };

/**
 * Verifies a chain from its first row to its last, one row in memory at a time. `keptHead` is the hash of a head that was kept elsewhere, in
 * hexadecimal digits. Does NOT notice without one that the newest rows were cut off, nor that the whole chain was made anew.
 */
export async function verifyAuditChain(
  rows: AsyncIterable<AuditRow>,
  keptHead?: string,
): Promise<AuditChainFinding> {
  let head = AUDIT_CHAIN_START;
  let isKept = keptHead === undefined || keptHead === head.hash.toHex();
  for await (const row of rows) {
    const because = await findBreak(head, row);
    if (because !== undefined) return { kind: 'broken', sequence: head.sequence + 1, because };
    head = { sequence: row.sequence, hash: row.hash };
    isKept ||= keptHead === row.hash.toHex();
  }
  return { kind: isKept ? 'whole' : 'head_missing', head };
}

const PAGE_ROWS = 1_000;

/** Walks a stored chain from its first row, a thousand rows at a time. Throws UnavailableError ('database'). */
export async function* walkAuditChain(store: Pick<AuditStore, 'readChain'>): AsyncGenerator<AuditRow> {
  let sequence = 0;
  while (true) {
    const rows = await store.readChain(sequence, PAGE_ROWS);
    yield* rows;
    sequence = rows.at(-1)?.sequence ?? sequence;
    if (rows.length < PAGE_ROWS) return;
  }
}

async function findBreak(head: AuditChainHead, row: AuditRow): Promise<AuditChainBreak | undefined> {
  if (row.sequence !== head.sequence + 1) return 'missing';
  const hash = await hashAuditRow(row);
  if (hash.toHex() !== row.hash.toHex()) return 'altered';
  return row.previousHash.toHex() === head.hash.toHex() ? undefined : 'unlinked';
}
