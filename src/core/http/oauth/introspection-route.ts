import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { prefersMediaType } from '../../../oauth/prefers-media-type.ts';
import type { Introspection } from '../../introspection/create-introspection.ts';
import { INTROSPECT_SCOPE } from '../../introspection/introspection-caller.ts';
import type { CoreApp, CoreEnv } from '../core-env.ts';
import { INTROSPECTION_CREDENTIAL } from '../security-requirements.ts';
import { readOAuthForm } from './authenticated-form.ts';
import { clientCredentialParameters } from './client-credential-parameters.ts';
import {
  INACTIVE,
  type IntrospectionAnswer,
  introspectionAnswer,
  introspectionAnswerSchema,
} from './introspection-answer.ts';
import { callerError, readIntrospectionCredential } from './introspection-credential.ts';
import { oauthErrorOf, oauthErrorResponse } from './oauth-error-response.ts';

const SIGNED_TYPE = 'token-introspection+jwt';
const SIGNED_MEDIA_TYPE = `application/${SIGNED_TYPE}`;
const NO_STORE = { 'Cache-Control': 'no-store', Pragma: 'no-cache' };
// Written once: most questions of an attacker end here.
const INACTIVE_TEXT = JSON.stringify(INACTIVE);

const questionSchema = z
  .object({
    token: z.string().max(8192),
    token_type_hint: z.string().max(8192).optional().openapi({
      description: 'Not needed: the shape of a token tells what it is. A wrong one changes nothing.',
    }),
    ...clientCredentialParameters,
  })
  .openapi('IntrospectionQuestion');

const introspectionRoute = createRoute({
  method: 'post',
  path: '/oauth/introspect',
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
export function addIntrospectionRoute(app: CoreApp, introspection: Introspection): void {
  app.openAPIRegistry.registerPath(introspectionRoute);
  app.post(introspectionRoute.path, async (c) => {
    const form = await readOAuthForm(c);
    if (!form.ok) return oauthErrorResponse(c, form.reason);
    const credential = readIntrospectionCredential(c.req.header('authorization'), form.value);
    if (!credential.ok) return oauthErrorResponse(c, credential.reason);
    const token = form.value.get('token');
    const { requestId, clientAddress } = c.env;
    const request = { requestId, clientAddress };
    const caller = await introspection.authenticateCaller(credential.value, token, request);
    if (!caller.ok) return oauthErrorResponse(c, callerError(caller.reason), INTROSPECT_SCOPE);
    if (token === undefined) return oauthErrorResponse(c, 'invalid_request');
    const active = await introspection.introspect(token, caller.value);
    const answer = active === undefined ? INACTIVE : introspectionAnswer(active, introspection.own);
    if (prefersMediaType(c.req.header('accept'), SIGNED_MEDIA_TYPE, 'application/json'))
      return signedResponse(c, answer, caller.value.id, introspection);
    const text = answer.active ? JSON.stringify(answer) : INACTIVE_TEXT;
    return c.body(text, 200, { 'Content-Type': 'application/json', ...NO_STORE });
  });
}

/**
 * Answers with a JWT. It has neither `sub` nor `exp`, and a type of its own, so that it never passes for an access token.
 * @see RFC 9701, sections 5 and 8.1
 */
async function signedResponse(
  c: Context<CoreEnv>,
  answer: IntrospectionAnswer,
  callerId: string,
  { own, sign, clock }: Introspection,
): Promise<Response> {
  const iat = Math.floor(clock() / 1000);
  const claims = { iss: own.issuer, aud: callerId, iat, token_introspection: answer };
  return c.body(await sign(claims, SIGNED_TYPE), 200, { 'Content-Type': SIGNED_MEDIA_TYPE, ...NO_STORE });
}
