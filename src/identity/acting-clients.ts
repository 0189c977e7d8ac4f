import { actorsOf, isActor } from './actor.ts';
import { isId } from './ids.ts';
import type { Principal } from './principal.ts';

/**
 * The clients through which the token of a principal came, each once: the one that it was issued to, and all who acted before. It stands on each of them. Does NOT
 * name the principal itself.
 */
export function actingClients({ claims }: Pick<Principal, 'claims'>): readonly string[] {
  const { client_id: clientId, act } = claims;
  const own = typeof clientId === 'string' && isId('client', clientId) ? [clientId] : [];
  return isActor(act) ? [...new Set([...own, ...actorsOf(act)])] : own;
}
