import type { Machines } from '../../machines/create-machines.ts';
import type { CoreApp } from '../core-env.ts';
import { createClientCredentialsGrant } from './token-grants.ts';
import { addTokenRoute } from './token-route.ts';

/** Adds the OAuth endpoints. */
export function addOAuthRoutes(app: CoreApp, machines: Machines): void {
  const { authenticateClient, issueClientToken } = machines;
  const grants = new Map([['client_credentials', createClientCredentialsGrant(issueClientToken)]]);
  addTokenRoute(app, { authenticateClient, grants });
}
