import { createRoute, z } from '@hono/zod-openapi';
import type { Refresh } from '../../sessions/refresh.ts';
import type { CoreApp } from '../core-env.ts';
import { problemResponse } from '../problem-response.ts';
import { problemOf } from '../problem-schema.ts';
import { NO_CREDENTIAL } from '../security-requirements.ts';
import { toUserBody, userSchema } from '../user-schema.ts';
import { sessionSchema, toSessionBody } from './session-schema.ts';

const refreshSchema = z.strictObject({ refreshToken: z.string().min(1).max(256) }).openapi('Refresh');

const refreshedSchema = z
  .strictObject({
    accessToken: z.string(),
    refreshToken: z.string().openapi({ description: 'Good for one refresh; replaces the one presented.' }),
    expiresIn: z.int().openapi({ description: 'Seconds until the access token expires.' }),
    user: userSchema,
    session: sessionSchema,
  })
  .openapi('Refreshed');

const refreshRoute = createRoute({
  method: 'post',
  path: '/v1/auth/tokens/refresh',
  operationId: 'refreshTokens',
  tags: ['Sessions'],
  security: NO_CREDENTIAL,
  summary: 'Exchange a refresh token for new tokens',
  description:
    'Within 30 seconds the same token may be sent again, as after a lost answer, and gets the same successor, unless that was used. Any other token that was exchanged before ends its session: somebody else has a copy of it.',
  request: { body: { required: true, content: { 'application/json': { schema: refreshSchema } } } },
  responses: {
    200: {
      description: 'The next tokens.',
      content: { 'application/json': { schema: refreshedSchema } },
    },
    400: problemOf('The body is not what is expected.'),
    401: problemOf('The token is not valid, or its session has ended.'),
    413: problemOf('The body is too large.'),
    415: problemOf('The body is not JSON.'),
    503: problemOf('Whether the token is valid cannot be told right now; it is as good as before.'),
  },
});

/** Adds `POST /v1/auth/tokens/refresh`. All refusals look alike. */
export function addRefreshRoute(app: CoreApp, refresh: Refresh): void {
  app.openapi(refreshRoute, async (c) => {
    const { requestId, clientAddress } = c.env;
    const outcome = await refresh(c.req.valid('json').refreshToken, { requestId, clientAddress });
    if (!outcome.ok) return problemResponse(c, 'invalid_token');
    const { user, session, accessToken, refreshToken } = outcome.value;
    const tokens = { accessToken: accessToken.token, refreshToken, expiresIn: accessToken.expiresInSeconds };
    return c.json({ ...tokens, user: toUserBody(user), session: toSessionBody(session, session.id) }, 200);
  });
}
