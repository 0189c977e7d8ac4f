import { createJwksUriSource } from '../adapters/http/key-set-source.ts';
import { createHttpSessionLookup } from '../adapters/http/session-lookup-http.ts';
import { createAppListener } from '../adapters/node/app-listener.ts';
import { createGatewayServer } from '../adapters/node/gateway-server.ts';
import { DEFAULT_SERVER_LIMITS } from '../adapters/node/server-limits.ts';
import { createUndiciProxy } from '../adapters/undici/undici-proxy.ts';
import type { Environment } from '../config/environment.ts';
import { KEY_SET_MAX_AGE_SECONDS } from '../core/http/key-set-route.ts';
import { ACCESS_TOKEN_LIFETIME_SECONDS } from '../core/tokens/access-token.ts';
import { createAppOnlyGateway } from '../gateway/app-only-gateway.ts';
import { CLOCK_TOLERANCE_SECONDS } from '../gateway/authenticators/registered-claims.ts';
import { createTrustedProxies } from '../gateway/client/trusted-proxies.ts';
import type { Readiness } from '../gateway/operations/operations-app.ts';
import type { GatewayPolicy } from '../gateway/policy/policy.ts';
import { createRevocationIndex, type MemoryRevocationIndex } from '../gateway/revocation-index.ts';
import { CORE_ISSUER_ID } from '../identity/principal.ts';
import type { Log } from '../lib/log.ts';
import { createCallerAuthentication } from './caller-authentication.ts';
import { nodeEdgeParts } from './node-edge-parts.ts';
import { createNodeObservation } from './node-observation.ts';
import { createRequestIds } from './request-ids.ts';
import { type App, wireApp } from './wire-app.ts';
import { type WiredCore, wireCore } from './wire-core.ts';
import { type Edge, type EdgeParts, wireGateway } from './wire-gateway.ts';

/** A Wardgate process that answers requests. */
export interface RunningWardgate {
  /** The port it listens on, also where the environment said 0. */
  readonly port: number;
  /** The core with its stores, unless the role is `gateway`. */
  readonly core: WiredCore | undefined;
  /** Stops taking requests, lets those under way end, closes everything. */
  stop(): Promise<void>;
}

/**
 * Starts the role that the environment names, and answers when it listens. What was started is stopped again when a later part fails.
 * @throws UnavailableError when the database cannot be reached; an error with code EADDRINUSE when the port is taken.
 */
export async function startWardgate(
  environment: Environment,
  policy: GatewayPolicy,
  log: Log,
): Promise<RunningWardgate> {
  const core = environment.role === 'gateway' ? undefined : await wireCore(environment, policy, log);
  try {
    const revocations = await wireRevocations(core);
    const edge = wireGateway(policy, edgeParts(environment, core, revocations, log));
    for (const keySet of edge.keySets.values()) void keySet.prefetch();
    const server = await listen(environment, policy, { core, edge, log });
    const stop = async () => {
      await server.close();
      await core?.stop();
    };
    return { port: server.port, core, stop };
  } catch (error) {
    await core?.stop();
    throw error;
  }
}

// A token may be presented until this long after its session ended.
const REVOCATION_SECONDS = ACCESS_TOKEN_LIFETIME_SECONDS + CLOCK_TOLERANCE_SECONDS;

async function wireRevocations(core: WiredCore | undefined): Promise<MemoryRevocationIndex> {
  const revocations = createRevocationIndex({ clock: Date.now, rememberSeconds: REVOCATION_SECONDS });
  // Listening begins before the past is read, so that no end falls in between.
  core?.core.endings.onSessionEnded(revocations.revoke);
  for (const { sessionId } of (await core?.sessions.listEnded(REVOCATION_SECONDS)) ?? [])
    revocations.revoke(sessionId);
  return revocations;
}

function edgeParts(
  environment: Environment,
  core: WiredCore | undefined,
  revocations: MemoryRevocationIndex,
  log: Log,
): EdgeParts {
  const common = { ...nodeEdgeParts, publicUrl: environment.publicUrl, revocations, log };
  if (core !== undefined) {
    const coreKeySet = async () => ({
      keys: [...(await core.core.keySet()).keys],
      maxAgeSeconds: KEY_SET_MAX_AGE_SECONDS,
    });
    return { ...common, coreKeySet, sessions: core.core.activeSessions };
  }
  const { coreUrl, client } = environment;
  if (coreUrl === undefined || client === undefined) throw new Error('the environment was not checked');
  const fetching = { fetch: nodeEdgeParts.fetch };
  return {
    ...common,
    coreKeySet: createJwksUriSource({ ...fetching, uri: `${coreUrl}/.well-known/jwks.json` }),
    sessions: createHttpSessionLookup({ coreUrl, client }, fetching),
  };
}

async function listen(
  environment: Environment,
  policy: GatewayPolicy,
  wired: { readonly core: WiredCore | undefined; readonly edge: Edge; readonly log: Log },
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const { log, edge } = wired;
  const observation = createNodeObservation(environment.logLevel);
  const { observer } = observation;
  const createRequestId = createRequestIds();
  const trustedProxies = createTrustedProxies(policy.trustedProxies);
  if (!trustedProxies.ok) throw new Error('the policy was not checked before it was wired');
  const app = appOf(environment, wired, observation.metrics);
  const proxy = createUndiciProxy({ log });
  const server = createGatewayServer({
    gateway: environment.role === 'core' ? createAppOnlyGateway() : edge.gateway,
    proxy,
    app: createAppListener({ app, trustedProxies: trustedProxies.value, observer, createRequestId }),
    observer,
    createRequestId,
    log,
    // Durations are told by the monotonic clock.
    clock: () => performance.now(),
    limits: DEFAULT_SERVER_LIMITS,
  });
  const { port } = await server.listen(environment.host, environment.port);
  const close = async () => {
    await server.close();
    await proxy.close();
    observation.flush();
  };
  return { port, close };
}

function appOf(
  environment: Environment,
  { core, edge }: { readonly core: WiredCore | undefined; readonly edge: Edge },
  metrics: () => Promise<{ readonly contentType: string; readonly text: string }>,
): App {
  const { metricsToken } = environment;
  const readiness = async (): Promise<Readiness> => {
    if (core !== undefined) return { database: await core.isDatabaseReady() };
    return { core_key_set: edge.keySets.get(CORE_ISSUER_ID)?.state().kind !== 'empty' };
  };
  const coreApp = core?.core.createApp(createCallerAuthentication(() => edge));
  return wireApp({ readiness, metrics, metricsToken }, coreApp);
}
