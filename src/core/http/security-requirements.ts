import {
  ACCESS_TOKEN_COOKIE,
  REFRESH_TOKEN_COOKIE,
  sessionCookieName,
} from '../../identity/session-cookie.ts';

/** A user's credential, for the member `security` of a route: an access token, in the header or as a cookie, or the session cookie. */
export const USER_CREDENTIAL = [{ bearerToken: [] }, { sessionCookie: [] }, { accessTokenCookie: [] }];

/** The cookie of refreshing or, in its place, a token in the body; for the member `security` of a route. */
export const REFRESH_COOKIE_OR_BODY: Record<string, string[]>[] = [{ refreshTokenCookie: [] }, {}];

/** The credential of gateways that run apart, for the member `security` of a route. */
export const INTERNAL_CLIENT_CREDENTIAL = [{ internalClient: [] }];

/** The credential of an OAuth client, for the member `security` of an OAuth endpoint. Those in the form are its parameters: there is no scheme for them. */
export const CLIENT_CREDENTIAL = [{ oauthClient: [] }];

/** An OAuth client's credential as HTTP Basic, or none, for the member `security` of a route. */
export const CLIENT_OR_NO_CREDENTIAL: Record<string, string[]>[] = [{}, { oauthClient: [] }];

/** Who may ask about tokens: an OAuth client, or who has an access token with the scope; for the member `security` of a route. */
export const INTROSPECTION_CREDENTIAL: Record<string, string[]>[] = [
  { oauthClient: [] },
  { introspectionToken: [] },
];

/** No credential, for the member `security` of a route that everybody may use. */
export const NO_CREDENTIAL: Record<string, string[]>[] = [];

/** What the credentials are that routes name, for the contract. The cookie's name follows from the public URL. @see OpenAPI 3.1, section 4.8.27 */
export function securitySchemes(publicUrl: string) {
  return {
    bearerToken: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'An access token (RFC 6750), as logging in answers it.',
    },
    sessionCookie: {
      type: 'apiKey',
      in: 'cookie',
      name: sessionCookieName(publicUrl),
      description:
        'The session cookie that logging in with the transport `cookie` sets. Unsafe methods are taken from pages of trusted origins only.',
    },
    oauthClient: {
      type: 'http',
      scheme: 'basic',
      description:
        'An OAuth client by `client_secret_basic` (RFC 6749, section 2.3.1). The secret may stand in the form instead; clients with `private_key_jwt` send their assertion there.',
    },
    introspectionToken: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description:
        'An access token of a client or a user with the scope `introspect` (RFC 6750), other than the one that is asked about.',
    },
    accessTokenCookie: {
      type: 'apiKey',
      in: 'cookie',
      name: ACCESS_TOKEN_COOKIE,
      description:
        'The access token that logging in with the transport `token_cookies` sets, here and on all routes. Unsafe methods are taken from pages of trusted origins only.',
    },
    refreshTokenCookie: {
      type: 'apiKey',
      in: 'cookie',
      name: REFRESH_TOKEN_COOKIE,
      description: 'The refresh token of the transport `token_cookies`; browsers send it to this path alone.',
    },
    internalClient: {
      type: 'http',
      scheme: 'basic',
      description: 'The one client of gateways that run apart from the core (RFC 7617).',
    },
  } as const;
}
