import { createRoute, z } from '@hono/zod-openapi';
import { TOKEN_LENGTH_MAX } from '../../../oauth/token-limits.ts';
import type { AuthenticateClient } from '../../clients/authenticate-client.ts';
import type { RevokeToken } from '../../revocation/revoke-token.ts';
import type { CoreApp } from '../core-env.ts';
import { CLIENT_CREDENTIAL } from '../security-requirements.ts';
import { readAuthenticatedForm } from './authenticated-form.ts';
import { clientCredentialParameters } from './client-credential-parameters.ts';
import { oauthErrorOf, oauthErrorResponse, oauthSuccessResponse } from './oauth-error-response.ts';

const revocationSchema = z
  .object({
    token: z.string().max(TOKEN_LENGTH_MAX),
    token_type_hint: z.string().max(TOKEN_LENGTH_MAX).optional().openapi({
      description:
        'Not needed: the shape of a token tells what it is. A wrong or unknown one changes nothing.',
    }),
    ...clientCredentialParameters,
  })
  .openapi('RevocationRequest');

const revocationRoute = createRoute({
  method: 'post',
  path: '/oauth/revoke',
  operationId: 'revokeToken',
  tags: ['OAuth'],
  security: CLIENT_CREDENTIAL,
  summary: 'Revoke a token of the client (RFC 7009)',
  description:
    'A client proves who it is as at the token endpoint. A refresh token, also one that was exchanged before, and an access token of a session that the client began end that session: its user is logged out, and all tokens of the session are dead. A token that the client has for itself, and one that it exchanged, end alone. What is unknown, expired, malformed or revoked before is answered like success: the client need not care.',
  request: {
    body: {
      required: true,
      content: { 'application/x-www-form-urlencoded': { schema: revocationSchema } },
    },
  },
  responses: {
    200: {
      description: 'The token is not good, or not any more.',
      content: { 'application/json': { schema: z.strictObject({}) } },
    },
    400: oauthErrorOf(
      'The request is not what is expected, names no token, or carries more than one credential or a query; or the token is not of this client, and is as good as before (`invalid_grant`).',
    ),
    401: oauthErrorOf('The client credential is missing or wrong.'),
    413: oauthErrorOf('The body is too large.'),
    500: oauthErrorOf('It failed on our side; the log tells why.'),
    503: oauthErrorOf(
      'It could not be done right now: the token may still be good, and the client has to try again.',
    ),
  },
});

/** Adds `POST /oauth/revoke`. Does NOT go by the framework's validation, like the token endpoint. @see RFC 7009, section 2 */
export function addRevocationRoute(
  app: CoreApp,
  options: { readonly authenticateClient: AuthenticateClient; readonly revokeToken: RevokeToken },
): void {
  app.openAPIRegistry.registerPath(revocationRoute);
  app.post(revocationRoute.path, async (c) => {
    const sent = await readAuthenticatedForm(c, options.authenticateClient);
    if (!sent.ok) return oauthErrorResponse(c, sent.reason);
    const { client, form } = sent.value;
    const token = form.get('token');
    if (token === undefined) return oauthErrorResponse(c, 'invalid_request');
    const { requestId, clientAddress } = c.env;
    const outcome = await options.revokeToken(token, client, { requestId, clientAddress });
    // RFC 6749, section 5.2 calls a token that was issued to another client by this name.
    if (!outcome.ok) return oauthErrorResponse(c, 'invalid_grant');
    // RFC 7009 has clients ignore the body; some that take nothing but JSON fail where there is none.
    return oauthSuccessResponse(c, {});
  });
}
