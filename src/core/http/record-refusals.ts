import type { MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import { routePath } from 'hono/route';
import type { AuditLog } from '../audit/audit-log.ts';
import type { CoreEnv } from './core-env.ts';
import type { ProblemCode } from './problem-response.ts';

// Refusals of a caller who is known, or whose browser was made to ask: no use case sees them. All others are recorded where they are decided.
const RECORDED: ReadonlySet<string> = new Set<ProblemCode>(['role_missing', 'origin_mismatch']);

/** Creates the middleware that records for the audit log who was kept from a path by a missing role or a foreign origin. Stands around everything. */
export function createRecordRefusals(audit: AuditLog): MiddlewareHandler<CoreEnv> {
  return createMiddleware<CoreEnv>(async (c, next) => {
    await next();
    const { problem: reason, caller } = c.var;
    if (reason === undefined || !RECORDED.has(reason)) return;
    const { requestId, clientAddress } = c.env;
    audit.record({
      type: 'access.refused',
      outcome: 'refused',
      reason,
      actor: caller === undefined ? { kind: 'anonymous' } : { kind: 'user', id: caller.user.id },
      ...(caller !== undefined && { sessionId: caller.session.id }),
      request: { requestId, clientAddress },
      // The route's pattern: a path may hold whatever somebody typed.
      details: { method: c.req.method, path: routePath(c, -1) },
    });
  });
}
