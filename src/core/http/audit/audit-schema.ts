import { z } from '@hono/zod-openapi';
import { AUDIT_EVENT_TYPES } from '../../audit/audit-log.ts';
import type { AuditCursor } from '../../audit/audit-store.ts';
import type { AuditQuestion } from '../../audit/read-audit-log.ts';
import { idSchema } from '../id-schema.ts';
import { pageLimitSchema } from '../page-limit.ts';

// Times before 1970 and beyond the year 9999 have no place in the log, and some no shape that a database knows.
const timeSchema = z.iso
  .datetime({ offset: true })
  .max(32)
  .refine((text) => Date.parse(text) >= 0 && Date.parse(text) < Date.UTC(10_000, 0))
  .transform((text) => new Date(text))
  .optional();

// Ids in their whole shape alone: what is looked for is written to the audit log, and must not be able to hold a secret.
/** The query of the list of audit events. */
export const auditQuerySchema = z.strictObject({
  type: z.enum(AUDIT_EVENT_TYPES).optional().openapi({ description: 'What happened.' }),
  actor: idSchema('user', 'client', 'api_key').optional().openapi({ description: 'The id of who did it.' }),
  user: idSchema('user').optional().openapi({
    description: 'The user whom it concerns: on whom it was done, or on whose session.',
  }),
  session: idSchema('session').optional().openapi({
    description: 'The session in which it was done, or to which.',
  }),
  outcome: z.enum(['success', 'refused']).optional().openapi({ description: 'How it ended.' }),
  requestId: z
    .string()
    .regex(/^req_[0-9a-f]{16}[0-9a-z]{6,16}$/)
    .optional()
    .openapi({ description: 'The request in which it happened, as answers and logs name it.' }),
  from: timeSchema.openapi({ description: 'Not before this time.' }),
  to: timeSchema.openapi({ description: 'Before this time.' }),
  limit: pageLimitSchema,
  cursor: z
    .string()
    .regex(/^\d{1,13}\.\d{1,15}$/)
    .optional()
    .openapi({ description: '`nextCursor` of the page before.' }),
});

/** An event of the audit log as administrators see it. */
export const auditEventSchema = z
  .strictObject({
    id: idSchema('audit_event'),
    sequence: z.int().min(1).openapi({ description: 'The place in the chain.' }),
    at: z.iso.datetime(),
    type: z.string().openapi({ example: 'session.begun' }),
    outcome: z.enum(['success', 'refused']),
    reason: z.string().optional().openapi({ example: 'password_wrong' }),
    actor: z.strictObject({ kind: z.string(), id: z.string().optional() }),
    target: z.strictObject({ kind: z.string(), id: z.string() }).optional(),
    sessionId: z.string().optional().openapi({ description: 'The session in which it was done.' }),
    requestId: z.string().optional(),
    clientAddress: z.string().optional(),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
    hash: z.string().openapi({
      description: 'SHA-256 over the event and the hash of the one before, in hexadecimal digits.',
    }),
  })
  .openapi('AuditEvent');

/** Writes a place in the list as one text. It opens nothing that the list does not show. */
export function writeAuditCursor({ at, sequence }: AuditCursor): string {
  return `${at.getTime()}.${sequence}`;
}

/** What a query asks of the audit log. */
export function toAuditQuestion(query: z.infer<typeof auditQuerySchema>): AuditQuestion {
  const { actor, user, session, cursor, type, outcome, requestId, from, to, limit } = query;
  const after = cursor === undefined ? undefined : readAuditCursor(cursor);
  const filter = { type, actorId: actor, userId: user, sessionId: session, outcome, requestId, from, to };
  return { ...filter, after, limit };
}

function readAuditCursor(text: string): AuditCursor {
  const [time, sequence] = text.split('.').map(Number);
  return { at: new Date(time ?? 0), sequence: sequence ?? 0 };
}
