import { createRoute, z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { ADMIN_ROLE } from '../../../identity/role-name.ts';
import { toAuditEventJson } from '../../audit/audit-event-json.ts';
import type { ReadAuditLog } from '../../audit/read-audit-log.ts';
import { administrationRefusals } from '../administration-refusals.ts';
import { administratorOf } from '../administrator-of.ts';
import type { CoreApp, CoreEnv } from '../core-env.ts';
import { createRequireRole } from '../require-role.ts';
import { USER_CREDENTIAL } from '../security-requirements.ts';
import { auditEventSchema, auditQuerySchema, toAuditQuestion, writeAuditCursor } from './audit-schema.ts';

const listRoute = createRoute({
  method: 'get',
  path: '/v1/audit',
  operationId: 'listAuditEvents',
  tags: ['Administration'],
  security: USER_CREDENTIAL,
  summary: 'Read the audit log, newest first',
  description:
    'Each reading is an event of the log itself. An event that happens is in the list a moment later.',
  request: { query: auditQuerySchema },
  responses: {
    200: {
      description: 'A page of events; `nextCursor` where another follows.',
      content: {
        'application/json': {
          schema: z.strictObject({ events: z.array(auditEventSchema), nextCursor: z.string().optional() }),
        },
      },
    },
    ...administrationRefusals,
  },
});

/** Adds `GET /v1/audit`: what happened, for administrators. */
export function addAuditRoutes(
  app: CoreApp,
  options: { readonly readAuditLog: ReadAuditLog; readonly requireCaller: MiddlewareHandler<CoreEnv> },
): void {
  app.on('GET', '/v1/audit', options.requireCaller, createRequireRole(ADMIN_ROLE));

  app.openapi(listRoute, async (c) => {
    const page = await options.readAuditLog(administratorOf(c), toAuditQuestion(c.req.valid('query')));
    const next = page.next === undefined ? {} : { nextCursor: writeAuditCursor(page.next) };
    return c.json({ events: page.rows.map(toAuditEventJson), ...next }, 200);
  });
}
