import { sessionCookieName } from '../../identity/session-cookie.ts';

/** A user's credential, for the member `security` of a route: an access token or the session cookie. */
export const USER_CREDENTIAL = [{ bearerToken: [] }, { sessionCookie: [] }];

/** The credential of gateways that run apart, for the member `security` of a route. */
export const INTERNAL_CLIENT_CREDENTIAL = [{ internalClient: [] }];

/** The credential of an OAuth client, for the member `security` of an OAuth endpoint. Those in the form are its parameters: there is no scheme for them. */
export const CLIENT_CREDENTIAL = [{ oauthClient: [] }];

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
        'An OAuth client by `client_secret_basic` (RFC 6749, section 2.3.1). Clients that are registered with `client_secret_post` or `private_key_jwt` send their credential in the form instead.',
    },
    internalClient: {
      type: 'http',
      scheme: 'basic',
      description: 'The one client of gateways that run apart from the core (RFC 7617).',
    },
  } as const;
}
