import { isApiKey } from '../../identity/api-key.ts';
import { isId } from '../../identity/ids.ts';
import type { ApiKey, ApiKeyStore } from './api-key-store.ts';
import { hashMachineSecret } from './hash-machine-secret.ts';

/** What the edge is told of an API key that stands. Times are seconds since the Unix epoch. */
export interface ActiveApiKeyFacts {
  readonly id: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  /** `undefined`: good until it is revoked. */
  readonly expiresAt: number | undefined;
}

/** Looks up API keys that stand: neither revoked nor expired. Throws UnavailableError ('database') when the store could not tell. */
export interface ActiveApiKeys {
  /** By the key itself; counts as use. What is not written as a key is not looked up. */
  findByKey(key: string): Promise<ActiveApiKeyFacts | undefined>;
  /** By its id. Does NOT count as use. */
  findById(id: string): Promise<ActiveApiKeyFacts | undefined>;
}

/** Creates the look-up of API keys on the store. */
export function createActiveApiKeys(store: ApiKeyStore): ActiveApiKeys {
  return {
    findByKey: async (key) =>
      isApiKey(key) ? factsOf(await store.findActiveByHash(await hashMachineSecret(key))) : undefined,
    findById: async (id) => (isId('api_key', id) ? factsOf(await store.findActiveById(id)) : undefined),
  };
}

function factsOf(key: ApiKey | undefined): ActiveApiKeyFacts | undefined {
  if (key === undefined) return undefined;
  const { id, roles, scopes, expiresAt } = key;
  return { id, roles, scopes, expiresAt: expiresAt && Math.floor(expiresAt.getTime() / 1000) };
}
