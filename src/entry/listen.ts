import { createAppListener } from '../adapters/node/server/app-listener.ts';
import { createGatewayServer } from '../adapters/node/server/gateway-server.ts';
import { DEFAULT_SERVER_LIMITS } from '../adapters/node/server/server-limits.ts';
import { createUndiciProxy } from '../adapters/undici/undici-proxy.ts';
import type { Environment } from '../config/environment.ts';
import { createAppOnlyGateway } from '../gateway/app-only-gateway.ts';
import type { Gateway } from '../gateway/handling.ts';
import type { RevocationFeed } from '../gateway/revocation/revocation-feed.ts';
import type { OpenStreams } from '../gateway/streams/open-streams.ts';
import type { Log } from '../lib/log.ts';
import { systemTimer } from '../lib/system-timer.ts';
import { findCoreReadiness, findEdgeReadiness } from './edge-readiness.ts';
import { createNodeObservation } from './node-observation.ts';
import { createRequestIds } from './request-ids.ts';
import { wireApp } from './wiring/wire-app.ts';
import type { WiredCore } from './wiring/wire-core.ts';
import { wireCoreApp } from './wiring/wire-core-app.ts';
import type { Edge } from './wiring/wire-gateway.ts';

/** What listening is made of. */
export interface ListenDeps {
  readonly environment: Environment;
  readonly core: WiredCore | undefined;
  /** The edge that is in force at that moment; a reload of the policy puts another one there. */
  readonly edge: () => Edge;
  readonly revocations: RevocationFeed;
  readonly streams: OpenStreams;
  readonly log: Log;
}

/** A server that listens. */
export interface Listening {
  readonly port: number;
  /** Lets requests under way end, then closes; writes the rest of the access log. */
  close(): Promise<void>;
}

/** Starts the HTTP server of a Node process: the gateway, the app on Wardgate's own paths, access log and metrics. */
export async function listen(deps: ListenDeps): Promise<Listening> {
  const { environment, core, edge, revocations, streams, log } = deps;
  const observed = { core, revocations, streams };
  const { observer, metrics, flush } = createNodeObservation(environment.logLevel, observed);
  const createRequestId = createRequestIds();
  const coreApp = core && wireCoreApp(core, edge, revocations);
  const { metricsToken } = environment;
  const readiness = () =>
    core === undefined
      ? findEdgeReadiness(edge(), revocations)
      : findCoreReadiness(core, edge(), revocations);
  const operations = { readiness, metrics, metricsToken };
  const app = wireApp(operations, coreApp?.app, core?.mail.pages);
  const proxy = createUndiciProxy({ streams, timer: systemTimer, log });
  const edgeGateway: Gateway = { handle: (request) => edge().gateway.handle(request) };
  const server = createGatewayServer({
    gateway: environment.role === 'core' ? createAppOnlyGateway(() => edge().trustedProxies) : edgeGateway,
    proxy,
    app: createAppListener(app, coreApp?.forms),
    observer,
    createRequestId,
    log,
    // Durations are told by the monotonic clock.
    clock: () => performance.now(),
    limits: DEFAULT_SERVER_LIMITS,
  });
  const { port } = await server.listen(environment.host, environment.port);
  const close = async () => {
    streams.endAll();
    await server.close();
    await proxy.close();
    flush();
  };
  return { port, close };
}
