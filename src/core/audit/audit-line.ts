import { z } from 'zod';
import { parseJsonText } from '../../oauth/json-object.ts';
import { type AuditEventJson, toAuditEventJson } from './audit-event-json.ts';
import type { AuditRow } from './audit-row.ts';

const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);

// Strict, and written out apart from the answers' schema: what no hash covers must not hide in a line.
const lineSchema = z.strictObject({
  id: z.string(),
  sequence: z.int().min(1),
  at: z.iso.datetime({ precision: 3 }),
  type: z.string(),
  outcome: z.enum(['success', 'refused']),
  reason: z.string().optional(),
  actor: z.strictObject({ kind: z.string(), id: z.string().optional() }),
  target: z.strictObject({ kind: z.string(), id: z.string() }).optional(),
  sessionId: z.string().optional(),
  requestId: z.string().optional(),
  clientAddress: z.string().optional(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
  previousHash: hashSchema,
  hash: hashSchema,
});

/** Writes a row as one line of JSON, without its end: an export of such lines can be verified without the database. */
export function writeAuditLine(row: AuditRow): string {
  const line: AuditEventJson & { previousHash: string } = {
    ...toAuditEventJson(row),
    previousHash: row.previousHash.toHex(),
  };
  return JSON.stringify(line);
}

/** Reads what `writeAuditLine` wrote; `undefined` for everything else. Does NOT compare the hash with what stands beside it. */
export function readAuditLine(text: string): AuditRow | undefined {
  const parsed = lineSchema.safeParse(parseJsonText(text));
  if (!parsed.success) return undefined;
  const { at, actor, target, type, hash, previousHash, ...rest } = parsed.data;
  return {
    id: rest.id,
    sequence: rest.sequence,
    at: new Date(at),
    // Names that we do not know are no fault of the line: the hash tells whether they were written by us.
    type: type as AuditRow['type'],
    outcome: rest.outcome,
    reason: rest.reason,
    actorKind: actor.kind as AuditRow['actorKind'],
    actorId: actor.id,
    targetKind: target?.kind as AuditRow['targetKind'],
    targetId: target?.id,
    sessionId: rest.sessionId,
    requestId: rest.requestId,
    clientAddress: rest.clientAddress,
    details: rest.details,
    previousHash: Uint8Array.fromHex(previousHash),
    hash: Uint8Array.fromHex(hash),
  };
}
