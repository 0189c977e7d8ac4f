import type { MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { CoreEnv } from './core-env.ts';
import { problemResponse } from './problem-response.ts';

/**
 * Creates the middleware that lets only callers with a role through, by the roles that stand in the store at this moment, not by those of a token.
 * Stands behind `requireCaller`.
 */
export function createRequireRole(role: string): MiddlewareHandler<CoreEnv> {
  return createMiddleware<CoreEnv>(async (c, next) =>
    c.var.caller.user.roles.includes(role) ? next() : problemResponse(c, 'role_missing'),
  );
}
