import { createRoute, z } from '@hono/zod-openapi';
import { pageOriginOf } from '../../../lib/page-origin.ts';
import { pathOfIssuer } from '../../../oauth/issuer-address.ts';
import type { Machines } from '../../machines/create-machines.ts';
import { PASSWORD_INPUT_LENGTH_MAX } from '../../passwords/normalize-password.ts';
import type { LogIn } from '../../sessions/log-in.ts';
import type { CoreApp } from '../core-env.ts';
import { limitedResponse } from '../limited-response.ts';
import { problemResponse } from '../problem-response.ts';
import { bodyRefusals, problemOf } from '../problem-schema.ts';
import { CLIENT_OR_NO_CREDENTIAL } from '../security-requirements.ts';
import { toUserBody, userSchema } from '../user-schema.ts';
import { findLogInClient } from './log-in-client.ts';
import { cookieHeaders, type SessionCookies } from './session-cookies.ts';
import { sessionSchema, toSessionBody } from './session-schema.ts';

// The longest e-mail address there is (RFC 5321, section 4.5.3.1.3); no control characters, which no store would hold.
const nameSchema = z
  .string()
  .min(1)
  .max(254)
  .regex(/^\P{Cc}+$/u);

const rest = {
  password: z.string().min(1).max(PASSWORD_INPUT_LENGTH_MAX),
  transport: z.enum(['bearer', 'cookie', 'token_cookies']).default('bearer').openapi({
    description:
      '`cookie` sets the session cookie, `token_cookies` sets the cookies `access_token` and `refresh_token`; with either the body holds no token.',
  }),
};

const logInSchema = z
  .union([
    z.strictObject({ login: nameSchema.openapi({ description: 'E-mail address or username.' }), ...rest }),
    z.strictObject({ email: nameSchema, ...rest }),
    z.strictObject({ username: nameSchema, ...rest }),
  ])
  .openapi('LogIn');

const loggedInSchema = z
  .strictObject({
    accessToken: z.string().optional().openapi({ description: 'For the transport `bearer` alone.' }),
    refreshToken: z.string().optional().openapi({
      description:
        'For the transport `bearer` alone; good for one exchange at `/v1/auth/tokens/refresh`, or at `/oauth/token` where a client logged the user in.',
    }),
    expiresIn: z.int().optional().openapi({
      description: 'Seconds until the access token expires. For the transports `bearer` and `token_cookies`.',
    }),
    user: userSchema,
    session: sessionSchema,
  })
  .openapi('LoggedIn');

const logInRoute = createRoute({
  method: 'post',
  path: '/v1/auth/sessions',
  operationId: 'logIn',
  tags: ['Sessions'],
  security: CLIENT_OR_NO_CREDENTIAL,
  summary: 'Log in',
  description:
    'Begins a session. An OAuth client may log its user in, for the transport `bearer`, with its own credential as HTTP Basic: then the session is that client’s, and its refresh token is good at `/oauth/token` for that client alone. An unknown user, a wrong password, a disabled user and a wrong client are answered alike.',
  request: { body: { required: true, content: { 'application/json': { schema: logInSchema } } } },
  responses: {
    201: {
      description: 'A session was begun.',
      headers: cookieHeaders(
        'For the transport `cookie`: the session cookie. For `token_cookies`: `access_token`, and `refresh_token` for the path of refreshing. The cookies of the other transport are cleared.',
      ).extend({ Location: z.string().openapi({ description: 'The session; it can be deleted.' }) }),
      content: { 'application/json': { schema: loggedInSchema } },
    },
    400: problemOf('The body is not what is expected, or a client asks for cookies.'),
    401: problemOf('The login, the password or the client is wrong.'),
    403: problemOf('A page of another origin asks for cookies.'),
    ...bodyRefusals,
    429: problemOf('Too many wrong guesses were made, at this account or from this address.'),
    503: problemOf('Whether the password is right cannot be told right now.'),
  },
});

/** Adds `POST /v1/auth/sessions`: log in. A session is always a new one, whatever cookie the request carries. */
export function addLogInRoute(
  app: CoreApp,
  options: {
    readonly logIn: LogIn;
    readonly machines: Pick<Machines, 'authenticateClient' | 'clientStore'>;
    readonly cookies: SessionCookies;
    readonly publicUrl: string;
    readonly trustedOrigins: ReadonlySet<string>;
  },
): void {
  const sessionsPath = `${pathOfIssuer(options.publicUrl)}${logInRoute.path}`;
  app.openapi(logInRoute, async (c) => {
    const body = c.req.valid('json');
    const { password, transport } = body;
    // Login CSRF: another site's page must not put its own user into this browser.
    if (transport !== 'bearer' && pageOriginOf(c.req.raw.headers, options.trustedOrigins) === 'foreign')
      return problemResponse(c, 'origin_mismatch');
    const client = await findLogInClient(c, transport, options.machines.authenticateClient);
    if (!client.ok) return problemResponse(c, client.reason);
    const { id: clientId, revokedAt: clientRevokedAt } = client.value ?? {};
    const login = 'login' in body ? body.login : 'email' in body ? body.email : body.username;
    const { requestId, clientAddress } = c.env;
    const userAgent = c.req.header('user-agent');
    const by = { clientId, clientRevokedAt, clientAddress, userAgent };
    const attempt = { login, password, transport, requestId, ...by };
    const outcome = await options.logIn(attempt);
    if (!outcome.ok) {
      const { reason } = outcome;
      if (reason.kind === 'wrong') return problemResponse(c, 'invalid_credentials');
      return limitedResponse(c, reason);
    }

    if (clientId !== undefined) await options.machines.clientStore.noteUse(clientId);
    const { user, session } = outcome.value;
    const about = { user: toUserBody(user), session: toSessionBody(session, session.id) };
    c.header('Location', `${sessionsPath}/${session.id}`);
    if (outcome.value.transport === 'cookie') {
      options.cookies.setSession(c, outcome.value.sessionToken);
      return c.json(about, 201);
    }
    const { accessToken, refreshToken } = outcome.value;
    const { token, expiresInSeconds: expiresIn } = accessToken;
    if (outcome.value.transport === 'token_cookies') {
      options.cookies.setTokens(c, outcome.value);
      return c.json({ expiresIn, ...about }, 201);
    }
    return c.json({ accessToken: token, refreshToken, expiresIn, ...about }, 201);
  });
}
