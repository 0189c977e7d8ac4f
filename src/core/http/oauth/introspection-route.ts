import { createRoute, z } from '@hono/zod-openapi';
import { TOKEN_LENGTH_MAX } from '../../../oauth/token-limits.ts';
import type { CoreApp } from '../core-env.ts';
import { INTROSPECTION_CREDENTIAL } from '../security-requirements.ts';
import { type AnswerIntrospection, INTROSPECTION_PATH, SIGNED_MEDIA_TYPE } from './answer-introspection.ts';
import { readOAuthRequest } from './authenticated-form.ts';
import { clientCredentialParameters } from './client-credential-parameters.ts';
import { introspectionAnswerSchema } from './introspection-answer.ts';
import { oauthErrorOf, oauthResponse } from './oauth-error-response.ts';

const questionSchema = z
  .object({
    token: z.string().max(TOKEN_LENGTH_MAX),
    token_type_hint: z.string().max(TOKEN_LENGTH_MAX).optional().openapi({
      description: 'Not needed: the shape of a token tells what it is. A wrong one changes nothing.',
    }),
    ...clientCredentialParameters,
  })
  .openapi('IntrospectionQuestion');

const introspectionRoute = createRoute({
  method: 'post',
  path: INTROSPECTION_PATH,
  operationId: 'introspectToken',
  tags: ['OAuth'],
  security: INTROSPECTION_CREDENTIAL,
  summary: 'Ask whether a token is good, and whose it is (RFC 7662)',
  description:
    'For services: of access tokens of ours and of the configured issuers, session tokens and API keys. Who asks is a registered client, by any method of the token endpoint, or has an access token with the scope `introspect` that is not the one asked about. What is unknown, expired, revoked, malformed or meant for another audience is `{"active":false}`, and so are ID tokens and refresh tokens that are not the caller’s. With `Accept: application/token-introspection+jwt` the answer is a JWT that is signed by our keys (RFC 9701).',
  request: {
    body: {
      required: true,
      content: { 'application/x-www-form-urlencoded': { schema: questionSchema } },
    },
  },
  responses: {
    200: {
      description: 'What is known of the token.',
      content: {
        'application/json': { schema: introspectionAnswerSchema },
        [SIGNED_MEDIA_TYPE]: {
          schema: z.string().openapi({
            description:
              'A JWT of the type `token-introspection+jwt` whose `aud` is the caller and whose `token_introspection` is the answer.',
          }),
        },
      },
    },
    400: oauthErrorOf(
      'The request is not what is expected, names no token, or carries more than one credential or a query.',
    ),
    401: oauthErrorOf('The credential is missing or wrong.'),
    403: oauthErrorOf('The access token of who asks lacks the scope `introspect`.'),
    413: oauthErrorOf('The body is too large.'),
    500: oauthErrorOf('It failed on our side; the log tells why.'),
    503: oauthErrorOf('It cannot be told right now. That does not mean that the token is not active.'),
  },
});

/** Adds `POST /oauth/introspect`. Does NOT go by the framework's validation, like the token endpoint. */
export function addIntrospectionRoute(app: CoreApp, answer: AnswerIntrospection): void {
  app.openAPIRegistry.registerPath(introspectionRoute);
  app.post(introspectionRoute.path, async (c) => {
    const { requestId, clientAddress } = c.env;
    return oauthResponse(c, await answer(await readOAuthRequest(c), { requestId, clientAddress }));
  });
}
