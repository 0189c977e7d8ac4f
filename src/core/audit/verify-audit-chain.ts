import { AUDIT_CHAIN_START, type AuditChainHead, hashAuditRow } from './audit-chain.ts';
import type { AuditRow } from './audit-row.ts';
import type { AuditStore } from './audit-store.ts';

/** How a chain breaks: a row is not there, holds other than what was hashed, or is not linked to the row before. */
export type AuditChainBreak = 'missing' | 'altered' | 'unlinked';

/** What a verification found: the end of a whole chain, or the first break by sequence number. */
export type AuditChainFinding =
  | { readonly kind: 'whole'; readonly head: AuditChainHead }
  | { readonly kind: 'broken'; readonly sequence: number; readonly because: AuditChainBreak };

/**
 * Verifies the audit log from its first row to its last. Throws UnavailableError. Does NOT notice that the newest rows were cut off, nor that the
 * whole chain was made anew: for that, compare the head with one that was kept elsewhere.
 */
export type VerifyAuditChain = () => Promise<AuditChainFinding>;

const PAGE_ROWS = 1_000;

/** Creates the verification over a store. */
export function createVerifyAuditChain({
  store,
}: {
  readonly store: Pick<AuditStore, 'readChain'>;
}): VerifyAuditChain {
  return async () => {
    let head = AUDIT_CHAIN_START;
    while (true) {
      const rows = await store.readChain(head.sequence, PAGE_ROWS);
      for (const row of rows) {
        const because = await findBreak(head, row);
        if (because !== undefined) return { kind: 'broken', sequence: head.sequence + 1, because };
        head = { sequence: row.sequence, hash: row.hash };
      }
      if (rows.length < PAGE_ROWS) return { kind: 'whole', head };
    }
  };
}

async function findBreak(head: AuditChainHead, row: AuditRow): Promise<AuditChainBreak | undefined> {
  if (row.sequence !== head.sequence + 1) return 'missing';
  const hash = await hashAuditRow(row);
  if (hash.toHex() !== row.hash.toHex()) return 'altered';
  return row.previousHash.toHex() === head.hash.toHex() ? undefined : 'unlinked';
}
