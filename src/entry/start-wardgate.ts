import { type Cores, createCores } from '../adapters/http/cores.ts';
import type { Policy } from '../config/compile-policy.ts';
import type { Environment } from '../config/environment.ts';
import type { Log } from '../lib/log.ts';
import { ok, type Result, refused } from '../lib/result.ts';
import { type Listening, listen } from './listen.ts';
import { followRevocations } from './wiring/follow-revocations.ts';
import { wireEdgeParts } from './wiring/node-edge-parts.ts';
import { type WiredCore, wireCore } from './wiring/wire-core.ts';
import { type Edge, type EdgeParts, wireGateway } from './wiring/wire-gateway.ts';
import { wireRevocationFeed } from './wiring/wire-revocation-feed.ts';
import { reviewInSilence, wireStreams } from './wiring/wire-streams.ts';

/** A Wardgate process that answers requests. */
export interface RunningWardgate {
  /** The port it listens on, also where the environment said 0. */
  readonly port: number;
  /** The core with its stores, unless the role is `gateway`. */
  readonly core: WiredCore | undefined;
  /**
   * Puts another policy in force for the requests that come from now on. Refuses, with the reason, what the running core was started with and
   * cannot change; then the old policy stays.
   */
  reload(policy: Policy): Result<undefined, string>;
  /** Stops taking requests, lets those under way end, closes everything. */
  stop(): Promise<void>;
}

/**
 * Starts the role that the environment names, and answers when it listens. What was started is stopped again when a later part fails.
 * @throws UnavailableError when the database cannot be reached; an error with code EADDRINUSE when the port is taken.
 */
export async function startWardgate(
  environment: Environment,
  policy: Policy,
  log: Log,
): Promise<RunningWardgate> {
  const core = environment.role === 'gateway' ? undefined : await wireCore(environment, policy, log);
  let stopFollowing = () => {};
  try {
    let inForce = policy;
    const graceMs = () => inForce.revocationGraceMs;
    const revocations = wireRevocationFeed({ clock: Date.now, graceMs, log });
    const source = { core, cores: coresOf(environment) };
    const parts = wireEdgeParts(environment, source, revocations, log);
    let edge = wireWarm(policy, parts);
    const streams = wireStreams(revocations, log);
    stopFollowing = followRevocations(revocations, () => edge, { ...source, log });
    const listened = { environment, core, streams, revocations, log };
    const server: Listening = await listen({ ...listened, edge: () => edge });
    const stopReviews = reviewInSilence(streams, revocations, () => edge, log);
    return {
      port: server.port,
      core,
      reload(next) {
        if (core !== undefined && coreFacts(next) !== coreFacts(policy)) return refused(NEEDS_RESTART);
        edge = wireWarm(next, parts);
        inForce = next;
        return ok(undefined);
      },
      async stop() {
        core?.endStreams();
        await server.close();
        stopFollowing();
        await stopReviews();
        await core?.stop();
      },
    };
  } catch (error) {
    stopFollowing();
    await core?.stop();
    throw error;
  }
}

function coresOf({ coreUrls, client }: Environment): Cores | undefined {
  return client === undefined || coreUrls.length === 0 ? undefined : createCores(coreUrls, client);
}

const NEEDS_RESTART =
  'expected the audience of the issuer wardgate, role_scopes, trusted_origins, accounts, sessions and signing as they were at the start: a change of them needs a restart';

/** What the core took from the policy when it started. */
function coreFacts({ issuers, roleScopes, trustedOrigins, core }: Policy): string {
  const own = issuers.find(({ keys }) => keys.kind === 'core');
  return JSON.stringify([own?.audience, [...roleScopes].sort(), trustedOrigins, core]);
}

/** Wires an edge and has its key sets fetched, so that the first requests need not wait for them. */
function wireWarm(policy: Policy, parts: EdgeParts): Edge {
  const edge = wireGateway(policy, parts);
  for (const keySet of edge.keySets.values()) void keySet.prefetch();
  return edge;
}
