import { createRoute, z } from '@hono/zod-openapi';
import type { Context, MiddlewareHandler } from 'hono';
import { isId } from '../../../identity/ids.ts';
import type { EndSession } from '../../sessions/end-session.ts';
import type { IdleLimits } from '../../sessions/session-limits.ts';
import type { SessionStore } from '../../sessions/session-store.ts';
import type { CoreApp, CoreEnv } from '../core-env.ts';
import { idParameter } from '../id-schema.ts';
import { problemResponse } from '../problem-response.ts';
import { problemOf } from '../problem-schema.ts';
import { USER_CREDENTIAL } from '../security-requirements.ts';
import { toUserBody, userSchema } from '../user-schema.ts';
import { addLogOutRoute } from './log-out-route.ts';
import { cookieHeaders, type SessionCookies } from './session-cookies.ts';
import { sessionSchema, toSessionBody } from './session-schema.ts';

const refusals = {
  400: problemOf('More than one credential.'),
  401: problemOf('No credential, or none that is valid.'),
  503: problemOf('Whether the credential is valid cannot be told right now.'),
};
const crossOrigin = { 403: problemOf('A page of another origin uses a cookie as credential.') };
const clearedCookies = cookieHeaders(
  'Clears the cookies that were the credential, when their session has ended.',
);

const meRoute = createRoute({
  method: 'get',
  path: '/v1/auth/me',
  operationId: 'getCurrentUser',
  tags: ['Account'],
  security: USER_CREDENTIAL,
  summary: 'The user who asks',
  responses: {
    200: {
      description: 'The user.',
      content: { 'application/json': { schema: z.strictObject({ user: userSchema }) } },
    },
    ...refusals,
  },
});

const listRoute = createRoute({
  method: 'get',
  path: '/v1/auth/sessions',
  operationId: 'listSessions',
  tags: ['Sessions'],
  security: USER_CREDENTIAL,
  summary: "List one's own active sessions",
  responses: {
    200: {
      description: 'The sessions.',
      content: { 'application/json': { schema: z.strictObject({ sessions: z.array(sessionSchema) }) } },
    },
    ...refusals,
  },
});

const endRoute = createRoute({
  method: 'delete',
  path: '/v1/auth/sessions/{id}',
  operationId: 'endSession',
  tags: ['Sessions'],
  security: USER_CREDENTIAL,
  summary: "End one of one's own sessions",
  request: { params: idParameter('session') },
  responses: {
    204: { description: 'The session has ended.', headers: clearedCookies },
    ...refusals,
    ...crossOrigin,
    404: problemOf("No such active session of one's own."),
  },
});

const endAllRoute = createRoute({
  method: 'delete',
  path: '/v1/auth/sessions',
  operationId: 'endAllSessions',
  tags: ['Sessions'],
  security: USER_CREDENTIAL,
  summary: "End all of one's own sessions, or all others",
  request: {
    // Strict: a misspelt name must not end the session that was to be kept.
    query: z.strictObject({
      except: z
        .literal('current')
        .optional()
        .openapi({ description: 'Keeps the session of this request, and ends all others.' }),
    }),
  },
  responses: {
    204: { description: 'The sessions have ended.', headers: clearedCookies },
    ...refusals,
    400: problemOf('More than one credential, or another query than is expected.'),
    ...crossOrigin,
  },
});

/** What the self-service routes work by. */
export interface SelfServiceOptions {
  readonly requireCaller: MiddlewareHandler<CoreEnv>;
  readonly sessions: SessionStore;
  readonly endSession: EndSession;
  readonly limits: IdleLimits;
  readonly cookies: SessionCookies;
  readonly trustedOrigins: ReadonlySet<string>;
}

/** Adds what a user may ask about and do to itself: `GET /v1/auth/me`, and its sessions. Another user's session is as if it did not exist. */
export function addSelfServiceRoutes(app: CoreApp, options: SelfServiceOptions): void {
  const { requireCaller, sessions, endSession, cookies } = options;
  app.on('GET', ['/v1/auth/me', '/v1/auth/sessions'], requireCaller);
  app.on('DELETE', ['/v1/auth/sessions', '/v1/auth/sessions/:id'], requireCaller);
  addLogOutRoute(app, options);

  /** 204, and the cookies of the ended session are cleared. */
  function ended(c: Context<CoreEnv>): Response {
    if (c.var.caller.fromCookie) cookies.clear(c, c.var.caller.session.transport);
    return c.body(null, 204);
  }

  app.openapi(meRoute, (c) => c.json({ user: toUserBody(c.var.caller.user) }, 200));

  app.openapi(listRoute, async (c) => {
    const { user, session } = c.var.caller;
    const active = await sessions.listActive(user.id, options.limits);
    return c.json({ sessions: active.map((each) => toSessionBody(each, session.id)) }, 200);
  });

  app.openapi(endRoute, async (c) => {
    const { user, session } = c.var.caller;
    const { id } = c.req.valid('param');
    const outcome = isId('session', id) ? await endSession.endSession(id, user.id, c.env) : 'not_found';
    if (outcome === 'not_found') return problemResponse(c, 'not_found');
    return id === session.id ? ended(c) : c.body(null, 204);
  });

  app.openapi(endAllRoute, async (c) => {
    const { user, session } = c.var.caller;
    if (c.req.valid('query').except === undefined) {
      await endSession.endAllSessions(user.id, c.env);
      return ended(c);
    }
    await endSession.endOtherSessions(user.id, session.id, c.env);
    return c.body(null, 204);
  });
}
