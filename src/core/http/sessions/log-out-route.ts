import { createRoute } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import { pageOriginOf } from '../../../lib/page-origin.ts';
import type { EndSession } from '../../sessions/end-session.ts';
import type { CoreApp, CoreEnv } from '../core-env.ts';
import { problemOf } from '../problem-schema.ts';
import { USER_CREDENTIAL } from '../security-requirements.ts';
import { cookieHeaders, type SessionCookies } from './session-cookies.ts';

const logOutRoute = createRoute({
  method: 'post',
  path: '/v1/auth/sessions/current/revoke',
  operationId: 'logOut',
  tags: ['Sessions'],
  security: USER_CREDENTIAL,
  summary: 'Log out: end the session of this request',
  description:
    'From a page of ours every cookie is cleared, also where the session has ended before. A client with tokens in cookies whose access token ran out refreshes first, or its session stays until it was idle too long.',
  responses: {
    204: {
      description: 'The session has ended.',
      headers: cookieHeaders('Clears the cookies that were the credential.'),
    },
    400: problemOf('More than one credential.'),
    401: {
      ...problemOf('No credential, or none that is valid.'),
      headers: cookieHeaders('Clears all cookies of a browser, when a page of ours asks.'),
    },
    403: problemOf('A page of another origin uses a cookie as credential.'),
    503: problemOf('Whether the credential is valid cannot be told right now.'),
  },
});

/** Adds `POST /v1/auth/sessions/current/revoke`: log out. */
export function addLogOutRoute(
  app: CoreApp,
  options: {
    readonly requireCaller: MiddlewareHandler<CoreEnv>;
    readonly endSession: EndSession;
    readonly cookies: SessionCookies;
    readonly trustedOrigins: ReadonlySet<string>;
  },
): void {
  const { endSession, cookies, trustedOrigins } = options;
  // Scripts cannot take these cookies away, and a dead one is refused everywhere, where none would do on a public route. Not for other sites' pages,
  // whose requests come without the cookies: they would log people out.
  const clearWhatIsDead = createMiddleware<CoreEnv>(async (c, next) => {
    await next();
    if (c.res.status === 401 && pageOriginOf(c.req.raw.headers, trustedOrigins) === 'ours') cookies.clear(c);
  });
  app.on('POST', logOutRoute.path, clearWhatIsDead, options.requireCaller);

  app.openapi(logOutRoute, async (c) => {
    const { user, session, fromCookie } = c.var.caller;
    // `not_found` means that another request ended it in between: it has ended all the same.
    const outcome = await endSession.endSession(session.id, user.id, c.env);
    if (outcome === 'not_found') endSession.noteEnded(session.id);
    if (fromCookie) cookies.clear(c, session.transport);
    return c.body(null, 204);
  });
}
