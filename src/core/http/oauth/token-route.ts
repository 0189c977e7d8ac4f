import { createRoute, z } from '@hono/zod-openapi';
import { TOKEN_LENGTH_MAX } from '../../../oauth/token-limits.ts';
import type { AuthenticateClient } from '../../clients/authenticate-client.ts';
import type { CoreApp } from '../core-env.ts';
import { CLIENT_CREDENTIAL } from '../security-requirements.ts';
import { readAuthenticatedForm } from './authenticated-form.ts';
import { clientCredentialParameters } from './client-credential-parameters.ts';
import { oauthErrorOf, oauthErrorResponse, oauthSuccessResponse } from './oauth-error-response.ts';
import { SUBJECT_TOKEN_TYPES, TOKEN_EXCHANGE } from './token-exchange-grant.ts';
import type { TokenGrants } from './token-grants.ts';

const tokenExchangeParameters = {
  subject_token: z.string().max(TOKEN_LENGTH_MAX).optional().openapi({
    description:
      'For token exchange: the access token of the user for whom the client calls, or the identity assertion that came with the request.',
  }),
  subject_token_type: z.enum(SUBJECT_TOKEN_TYPES).optional().openapi({
    description: 'For token exchange: what `subject_token` is.',
  }),
  requested_token_type: z.enum([SUBJECT_TOKEN_TYPES[0]]).optional(),
  audience: z.string().max(256).optional().openapi({
    description:
      'For token exchange: the one service that is to be called, among the `audiences` of the client.',
  }),
};

const tokenRequestSchema = z
  .object({
    grant_type: z.enum(['client_credentials', 'refresh_token', TOKEN_EXCHANGE]),
    scope: z.string().max(8192).optional().openapi({
      description: 'Scopes with spaces between; without it, all that the client or the user may have.',
    }),
    refresh_token: z.string().max(256).optional().openapi({
      description: 'For the grant `refresh_token`: of a session that the client began.',
    }),
    ...tokenExchangeParameters,
    ...clientCredentialParameters,
  })
  .openapi('TokenRequest');

const tokenAnswerSchema = z
  .strictObject({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int().openapi({ description: 'Seconds until the token expires.' }),
    scope: z
      .string()
      .optional()
      .openapi({ description: 'What the token is good for; absent where it has no scope.' }),
    refresh_token: z.string().optional().openapi({
      description:
        'For the grant `refresh_token`: replaces the one presented, as at `/v1/auth/tokens/refresh`.',
    }),
    issued_token_type: z.string().optional().openapi({ description: 'Of an exchanged token (RFC 8693).' }),
  })
  .openapi('TokenAnswer');

const tokenRoute = createRoute({
  method: 'post',
  path: '/oauth/token',
  operationId: 'issueToken',
  tags: ['OAuth'],
  security: CLIENT_CREDENTIAL,
  summary: 'Issue tokens to a client (RFC 6749)',
  description:
    'A client proves who it is: with a secret by Basic, id and secret form-urlencoded each, or by both in the form; with a key by an assertion (RFC 7523) in the form that is signed by its key, lives five minutes at most and is good once. Unknown clients, wrong secrets and disabled clients are answered alike.',
  request: {
    body: {
      required: true,
      content: { 'application/x-www-form-urlencoded': { schema: tokenRequestSchema } },
    },
  },
  responses: {
    200: { description: 'The token.', content: { 'application/json': { schema: tokenAnswerSchema } } },
    400: oauthErrorOf(
      'The request is not what is expected, carries more than one credential or a query, asks for a scope that the client or the user may not have, or for a grant that does not exist; or its refresh token is not good, or not for this client. For token exchange also: the client may exchange nothing or may not call that audience, or the token of the user is not good, or not meant for the client.',
    ),
    401: oauthErrorOf('The client credential is missing or wrong.'),
    413: oauthErrorOf('The body is too large.'),
    500: oauthErrorOf('It failed on our side; the log tells why.'),
    503: oauthErrorOf('Whether the credential is right cannot be told right now.'),
  },
});

/** Adds `POST /oauth/token`. Does NOT go by the framework's validation, whose refusals are no OAuth errors and which lets a parameter stand twice. */
export function addTokenRoute(
  app: CoreApp,
  options: { readonly authenticateClient: AuthenticateClient; readonly grants: TokenGrants },
): void {
  app.openAPIRegistry.registerPath(tokenRoute);
  app.post(tokenRoute.path, async (c) => {
    const sent = await readAuthenticatedForm(c, options.authenticateClient);
    if (!sent.ok) return oauthErrorResponse(c, sent.reason);
    const { client, form } = sent.value;
    const grantType = form.get('grant_type');
    if (grantType === undefined) return oauthErrorResponse(c, 'invalid_request');
    const grant = options.grants.get(grantType);
    if (grant === undefined) return oauthErrorResponse(c, 'unsupported_grant_type');
    const { requestId, clientAddress } = c.env;
    const answer = await grant(client, form, { requestId, clientAddress });
    if (!answer.ok) return oauthErrorResponse(c, answer.reason);
    return oauthSuccessResponse(c, answer.value);
  });
}
