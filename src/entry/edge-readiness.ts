import type { Readiness } from '../gateway/operations-app.ts';
import type { RevocationFeed } from '../gateway/revocation/revocation-feed.ts';
import { CORE_ISSUER_ID } from '../identity/principal.ts';
import type { WiredCore } from './wiring/wire-core.ts';
import type { Edge } from './wiring/wire-gateway.ts';

/**
 * How an edge that runs apart stands: whether it has a key set to verify the core's tokens by, which it fetches where it has none, and whether it
 * hears what is revoked.
 */
export async function findEdgeReadiness(edge: Edge, feed: RevocationFeed): Promise<Readiness> {
  const keySet = edge.keySets.get(CORE_ISSUER_ID);
  // No token would ever ask for the keys, or for what is revoked, while whoever looks at this answer sends no traffic.
  await Promise.all([keySet?.prefetch(), edge.standing.refresh?.()]);
  const hasKeys = keySet?.state().kind !== 'empty';
  return withFeed({ core_key_set: hasKeys }, edge, feed);
}

/** How a process with a core in it stands: whether the database answers, and whether it hears what is revoked. */
export async function findCoreReadiness(
  core: WiredCore,
  edge: Edge,
  feed: RevocationFeed,
): Promise<Readiness> {
  return withFeed({ database: await core.isDatabaseReady() }, edge, feed);
}

/** Without the others nothing can be decided; without the feed everything can, while the core answers or the grace runs. */
async function withFeed(
  others: Readonly<Record<string, boolean>>,
  { standing }: Edge,
  feed: RevocationFeed,
): Promise<Readiness> {
  const isHeard = feed.freshness() === 'current';
  const dependencies = { ...others, revocation_feed: isHeard };
  if (!Object.values(others).every(Boolean)) return { status: 'not_ready', dependencies };
  if (isHeard) return { status: 'ready', dependencies };
  const canTell = (await standing.probe()).kind !== 'unavailable' || feed.isInGrace();
  return { status: canTell ? 'degraded' : 'not_ready', dependencies };
}
