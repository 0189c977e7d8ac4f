import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { REFRESH_TOKEN_COOKIE } from '../../../identity/session-cookie.ts';
import { cookieValues } from '../../../lib/cookie-values.ts';
import { pageOriginOf } from '../../../lib/page-origin.ts';
import { ok, type Result, refused } from '../../../lib/result.ts';
import type { Refresh } from '../../sessions/refresh.ts';
import type { CoreApp, CoreEnv } from '../core-env.ts';
import { problemResponse } from '../problem-response.ts';
import { bodyRefusals, problemOf } from '../problem-schema.ts';
import { REFRESH_COOKIE_OR_BODY } from '../security-requirements.ts';
import { toUserBody, userSchema } from '../user-schema.ts';
import { cookieHeaders, REFRESH_PATH, type SessionCookies } from './session-cookies.ts';
import { sessionSchema, toSessionBody } from './session-schema.ts';

const refreshSchema = z
  .strictObject({
    refreshToken: z
      .string()
      .min(1)
      .max(256)
      .optional()
      .openapi({ description: 'Without it the cookie `refresh_token` counts.' }),
  })
  .openapi('Refresh');

const refreshedSchema = z
  .strictObject({
    accessToken: z.string().optional().openapi({ description: 'Where the token came in the body.' }),
    refreshToken: z.string().optional().openapi({
      description: 'Where the token came in the body. Good for one refresh; replaces the one presented.',
    }),
    expiresIn: z.int().openapi({ description: 'Seconds until the access token expires.' }),
    user: userSchema,
    session: sessionSchema,
  })
  .openapi('Refreshed');

const refreshRoute = createRoute({
  method: 'post',
  path: REFRESH_PATH,
  operationId: 'refreshTokens',
  tags: ['Sessions'],
  security: REFRESH_COOKIE_OR_BODY,
  summary: 'Exchange a refresh token for new tokens',
  description:
    'Within 30 seconds the same token may be sent again, as after a lost answer, and gets the same successor, unless that was used. Any other token that was exchanged before ends its session: somebody else has a copy of it. A token from the cookie is answered in cookies, and taken from pages of trusted origins only; a token in the body outranks the cookie, which rides along.',
  request: { body: { required: false, content: { 'application/json': { schema: refreshSchema } } } },
  responses: {
    200: {
      description: 'The next tokens.',
      headers: cookieHeaders('Where the token came as a cookie: `access_token` and `refresh_token`.'),
      content: { 'application/json': { schema: refreshedSchema } },
    },
    400: problemOf('The body is not what is expected, or the cookie is there twice.'),
    401: problemOf('There is no token, or none that is valid, or its session has ended.'),
    403: problemOf('A page of another origin uses the cookie.'),
    ...bodyRefusals,
    503: problemOf('Whether the token is valid cannot be told right now; it is as good as before.'),
  },
});

/** Adds `POST /v1/auth/tokens/refresh`. All refusals of a token look alike, and none clears a cookie: it may be another log-in's by now. */
export function addRefreshRoute(
  app: CoreApp,
  options: {
    readonly refresh: Refresh;
    readonly cookies: SessionCookies;
    readonly trustedOrigins: ReadonlySet<string>;
  },
): void {
  app.openapi(refreshRoute, async (c) => {
    const presented = presentedToken(c, c.req.valid('json').refreshToken, options.trustedOrigins);
    if (!presented.ok) return problemResponse(c, presented.reason);
    const { token, fromCookie } = presented.value;
    const { requestId, clientAddress } = c.env;
    const outcome = await options.refresh({ token }, { requestId, clientAddress });
    if (!outcome.ok) return problemResponse(c, 'invalid_token');
    const { user, session, accessToken, refreshToken } = outcome.value;
    const about = {
      expiresIn: accessToken.expiresInSeconds,
      user: toUserBody(user),
      session: toSessionBody(session, session.id),
    };
    if (fromCookie) {
      options.cookies.setTokens(c, outcome.value);
      return c.json(about, 200);
    }
    return c.json({ accessToken: accessToken.token, refreshToken, ...about }, 200);
  });
}

interface PresentedToken {
  readonly token: string;
  readonly fromCookie: boolean;
}

/** The one token that is judged. Does NOT verify it. */
function presentedToken(
  c: Context<CoreEnv>,
  inBody: string | undefined,
  trustedOrigins: ReadonlySet<string>,
): Result<PresentedToken, 'credential_missing' | 'ambiguous_credentials' | 'origin_mismatch'> {
  if (inBody !== undefined) return ok({ token: inBody, fromCookie: false });
  const [token, second] = cookieValues([c.req.header('cookie') ?? ''], REFRESH_TOKEN_COOKIE);
  if (token === undefined) return refused('credential_missing');
  // A second one was planted from another host or path: whose session it is cannot be told.
  if (second !== undefined) return refused('ambiguous_credentials');
  if (pageOriginOf(c.req.raw.headers, trustedOrigins) !== 'ours') return refused('origin_mismatch');
  return ok({ token, fromCookie: true });
}
