import { isId } from './ids.ts';
import { REVOCABLE_KINDS, REVOCATION_CURSOR, type Revocation, type RevocationBatch } from './revocation.ts';

/** The name of the events of a stream of revocations; the data of each is a batch in JSON, its id the cursor. */
export const REVOCATIONS_EVENT = 'revocations';

/** A batch as cores tell it to gateways, in JSON: `{"cursor":"…","revocations":[{"kind":"session","id":"ses_…","revoked_at_ms":1795287600000}]}`. */
export interface RevocationBatchJson {
  readonly cursor: string;
  /** Left out of the last part, and of what is whole. */
  readonly has_more?: boolean;
  readonly revocations: readonly {
    readonly kind: string;
    readonly id: string;
    readonly revoked_at_ms: number;
  }[];
}

/** Writes a batch as it is told. */
export function toRevocationBatchJson({
  cursor,
  hasMore,
  revocations,
}: RevocationBatch): RevocationBatchJson {
  return {
    cursor,
    ...(hasMore && { has_more: true }),
    revocations: revocations.map(({ kind, id, revokedAtMs }) => ({ kind, id, revoked_at_ms: revokedAtMs })),
  };
}

/**
 * Reads a batch; `undefined` where anything in it is not as expected: a part that could not be read might be what matters. An entry of a kind that is not known here is left out,
 * because a newer core may tell of more.
 */
export function readRevocationBatch(json: unknown): RevocationBatch | undefined {
  if (!isObject(json) || !Array.isArray(json.revocations)) return undefined;
  const { cursor } = json;
  // One that cannot be sent back would keep whoever took it from ever hearing more.
  if (typeof cursor !== 'string' || !REVOCATION_CURSOR.test(cursor)) return undefined;
  if (json.has_more !== undefined && typeof json.has_more !== 'boolean') return undefined;
  const revocations: Revocation[] = [];
  for (const entry of json.revocations as unknown[]) {
    if (!isObject(entry) || typeof entry.kind !== 'string') return undefined;
    const kind = REVOCABLE_KINDS.find((known) => known === entry.kind);
    if (kind === undefined) continue;
    const { id, revoked_at_ms: revokedAtMs } = entry;
    if (typeof id !== 'string' || !isId(kind, id) || !Number.isSafeInteger(revokedAtMs)) return undefined;
    revocations.push({ kind, id, revokedAtMs: revokedAtMs as number });
  }
  return { cursor, revocations, ...(json.has_more && { hasMore: true }) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
