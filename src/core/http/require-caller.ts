import type { MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import { pageOriginOf } from '../../lib/page-origin.ts';
import type { EndSession } from '../sessions/end-session.ts';
import type { IdleLimits } from '../sessions/session-limits.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import type { UserStore } from '../users/user-store.ts';
import type { Caller, CallerAuthentication } from './caller-authentication.ts';
import type { ActiveCaller, CoreEnv } from './core-env.ts';
import { problemResponse } from './problem-response.ts';

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/**
 * Creates the middleware that lets only authenticated users through: verifies the credential, looks in the stores whether session and user still
 * stand at this moment, and, for credentials from a cookie, lets unsafe methods pass from pages of our own origins only. Puts the
 * caller into `c.var.caller`. Does NOT look at roles.
 */
export function createRequireCaller(options: {
  readonly callers: CallerAuthentication;
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly limits: IdleLimits;
  readonly endSession: EndSession;
  readonly trustedOrigins: ReadonlySet<string>;
}): MiddlewareHandler<CoreEnv> {
  const { callers, trustedOrigins } = options;
  return createMiddleware<CoreEnv>(async (c, next) => {
    const finding = await callers.authenticateCaller(c.req.raw.headers);
    switch (finding.kind) {
      case 'missing':
        return problemResponse(c, 'credential_missing');
      case 'rejected':
        return problemResponse(c, 'invalid_token');
      case 'ambiguous':
        return problemResponse(c, 'ambiguous_credentials');
      case 'unavailable':
        return problemResponse(c, 'temporarily_unavailable');
      case 'caller': {
        const active = await findActiveCaller(finding.caller, options);
        if (active === undefined) {
          options.endSession.noteEnded(finding.caller.sessionId);
          return problemResponse(c, 'invalid_token');
        }
        c.set('caller', active);
        const isUnsafe = active.fromCookie && !SAFE_METHODS.has(c.req.method);
        if (isUnsafe && pageOriginOf(c.req.raw.headers, trustedOrigins) !== 'ours')
          return problemResponse(c, 'origin_mismatch');
        return next();
      }
    }
  });
}

async function findActiveCaller(
  caller: Caller,
  {
    users,
    sessions,
    limits,
  }: { readonly users: UserStore; readonly sessions: SessionStore; readonly limits: IdleLimits },
): Promise<ActiveCaller | undefined> {
  const session = await sessions.findActiveById(caller.sessionId, limits);
  if (session === undefined || session.userId !== caller.userId) return undefined;
  const user = await users.findById(session.userId);
  if (user === undefined || user.disabledAt !== undefined) return undefined;
  return { user, session, fromCookie: caller.fromCookie };
}
