import type { Readiness } from '../gateway/operations-app.ts';
import { CORE_ISSUER_ID } from '../identity/principal.ts';
import type { Edge } from './wiring/wire-gateway.ts';

/** Whether an edge that runs apart has a key set to verify the core's tokens by. Fetches it where it has none. */
export async function findEdgeReadiness({ keySets }: Edge): Promise<Readiness> {
  const keySet = keySets.get(CORE_ISSUER_ID);
  // No token would ever ask for the keys while whoever looks at this answer sends no traffic.
  await keySet?.prefetch();
  return { core_key_set: keySet?.state().kind !== 'empty' };
}
