import { isApiKey } from '../../identity/api-key.ts';
import { isId } from '../../identity/ids.ts';
import type { ClientStore } from '../clients/client-store.ts';
import type { ApiKey, ApiKeyStore } from './api-key-store.ts';
import { hashMachineSecret } from './hash-machine-secret.ts';

/** What the edge is told of a program that may call: an API key, or a client by its id. Times are seconds since the Unix epoch. */
export interface ActiveMachineFacts {
  readonly id: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  /** `undefined`: good until it is revoked, disabled or deleted. */
  readonly expiresAt: number | undefined;
}

/** Looks up programs that stand. Throws UnavailableError ('database') when the store could not tell. */
export interface ActiveMachines {
  /** An API key that is neither revoked nor expired, by the key itself; counts as use. What is not written as a key is not looked up. */
  findByKey(key: string): Promise<ActiveMachineFacts | undefined>;
  /** An API key as above, or a client that is not disabled, by its id; no client where that token of it (`jti_…`) was revoked by itself. Does NOT count as use. */
  findById(id: string, tokenId?: string): Promise<ActiveMachineFacts | undefined>;
}

/** Creates the look-up of programs on their stores. */
export function createActiveMachines(stores: {
  readonly apiKeyStore: ApiKeyStore;
  readonly clientStore: ClientStore;
}): ActiveMachines {
  const { apiKeyStore, clientStore } = stores;
  return {
    findByKey: async (key) =>
      isApiKey(key) ? keyFacts(await apiKeyStore.findActiveByHash(await hashMachineSecret(key))) : undefined,
    async findById(id, tokenId) {
      if (isId('api_key', id)) return keyFacts(await apiKeyStore.findActiveById(id));
      if (!isId('client', id)) return undefined;
      const client = await clientStore.findActiveById(id, tokenId);
      return client && { id, roles: client.roles, scopes: client.scopes, expiresAt: undefined };
    },
  };
}

function keyFacts(key: ApiKey | undefined): ActiveMachineFacts | undefined {
  if (key === undefined) return undefined;
  const { id, roles, scopes, expiresAt } = key;
  return { id, roles, scopes, expiresAt: expiresAt && Math.floor(expiresAt.getTime() / 1000) };
}
