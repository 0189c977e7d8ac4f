import type { Context } from 'hono';
import type { AuditOrigin } from '../audit/audit-log.ts';
import type { CoreEnv } from './core-env.ts';

/** Tells for the audit log who administers, in which session and in which request. Stands behind `requireCaller`. */
export function administratorOf(c: Context<CoreEnv>): AuditOrigin {
  const { user, session } = c.var.caller;
  const { requestId, clientAddress } = c.env;
  return {
    actor: { kind: 'user', id: user.id },
    sessionId: session.id,
    request: { requestId, clientAddress },
  };
}
