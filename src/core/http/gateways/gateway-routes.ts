import type { ActiveMachines } from '../../machines/active-machines.ts';
import type { ActiveSessions } from '../../sessions/active-sessions.ts';
import type { IdentityAssertions } from '../../tokens/identity-assertions.ts';
import type { CoreApp } from '../core-env.ts';
import { addAssertionRoute } from './assertion-route.ts';
import { addMachineLookupRoute } from './machine-lookup-route.ts';
import { createRequireInternalClient, type InternalClient } from './require-internal-client.ts';
import { addRevocationsRoute, type RevocationsRouteOptions } from './revocations-route.ts';
import { addSessionLookupRoute } from './session-lookup-route.ts';

/** Adds what gateways that run apart from the core ask, `/internal/*`, behind the internal client's credential. */
export function addGatewayRoutes(
  app: CoreApp,
  options: {
    readonly client: InternalClient;
    readonly activeSessions: ActiveSessions;
    readonly activeMachines: ActiveMachines;
    readonly assertions: IdentityAssertions;
  } & RevocationsRouteOptions,
): void {
  app.use('/internal/*', createRequireInternalClient(options.client));
  addSessionLookupRoute(app, options.activeSessions);
  addMachineLookupRoute(app, options.activeMachines);
  addRevocationsRoute(app, options);
  addAssertionRoute(app, options.assertions);
}
