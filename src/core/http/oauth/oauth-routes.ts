import type { ExchangeToken } from '../../exchange/exchange-token.ts';
import type { Machines } from '../../machines/create-machines.ts';
import type { RevokeToken } from '../../revocation/revoke-token.ts';
import type { Refresh } from '../../sessions/refresh.ts';
import type { RoleScopes } from '../../tokens/role-scopes.ts';
import type { CoreApp } from '../core-env.ts';
import type { AnswerIntrospection } from './answer-introspection.ts';
import { addIntrospectionRoute } from './introspection-route.ts';
import { addMetadataRoute } from './metadata-route.ts';
import { createRefreshTokenGrant } from './refresh-token-grant.ts';
import { addRevocationRoute } from './revocation-route.ts';
import { createTokenExchangeGrant, TOKEN_EXCHANGE } from './token-exchange-grant.ts';
import { createClientCredentialsGrant } from './token-grants.ts';
import { addTokenRoute } from './token-route.ts';

/** What the OAuth endpoints work by. */
export interface OAuthOptions {
  readonly machines: Machines;
  readonly exchangeToken: ExchangeToken;
  readonly answerIntrospection: AnswerIntrospection;
  /** The issuer. */
  readonly publicUrl: string;
  readonly refresh: Refresh;
  readonly revokeToken: RevokeToken;
  readonly roleScopes: RoleScopes;
}

/** Adds the OAuth endpoints, and the metadata that tells of them. */
export function addOAuthRoutes(app: CoreApp, options: OAuthOptions): void {
  const { publicUrl: issuer, roleScopes, refresh } = options;
  const { authenticateClient, issueClientToken, clientStore } = options.machines;
  const grants = new Map([
    ['client_credentials', createClientCredentialsGrant(issueClientToken)],
    ['refresh_token', createRefreshTokenGrant({ refresh, clientStore })],
    [TOKEN_EXCHANGE, createTokenExchangeGrant(options.exchangeToken)],
  ]);
  addTokenRoute(app, { authenticateClient, grants });
  addRevocationRoute(app, { authenticateClient, revokeToken: options.revokeToken });
  addIntrospectionRoute(app, options.answerIntrospection);
  addMetadataRoute(app, { issuer, grantTypes: [...grants.keys()], roleScopes });
}
