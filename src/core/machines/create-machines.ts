import type { AuditLog } from '../audit/audit-log.ts';
import { type ActiveApiKeys, createActiveApiKeys } from './active-api-keys.ts';
import type { ApiKeyStore } from './api-key-store.ts';
import { type ApiKeys, createApiKeys } from './api-keys.ts';

/** What the core knows of callers that are programs. */
export interface Machines {
  readonly apiKeyStore: ApiKeyStore;
  readonly apiKeys: ApiKeys;
  readonly activeApiKeys: ActiveApiKeys;
}

/** Wires what has to do with programs as callers. */
export function createMachines(options: {
  readonly apiKeyStore: ApiKeyStore;
  readonly audit: AuditLog;
}): Machines {
  const { apiKeyStore, audit } = options;
  return {
    apiKeyStore,
    apiKeys: createApiKeys({ store: apiKeyStore, audit }),
    activeApiKeys: createActiveApiKeys(apiKeyStore),
  };
}
