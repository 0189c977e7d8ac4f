import { createApiKey, hintOfApiKey } from '../../identity/api-key.ts';
import { isId } from '../../identity/ids.ts';
import { ok, type Result } from '../../lib/result.ts';
import type { AuditEvent, AuditLog, AuditOrigin } from '../audit/audit-log.ts';
import type { ApiKey, ApiKeyStore } from './api-key-store.ts';
import { hashMachineSecret } from './hash-machine-secret.ts';
import { machineGrants } from './machine-grants.ts';

/** What a key is to be. */
export interface WantedApiKey {
  readonly name: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  /** `undefined`: it does not expire. */
  readonly lifetimeSeconds: number | undefined;
}

/** A key that was just made: the only time that it is there to be read. */
export interface IssuedApiKey {
  readonly key: string;
  readonly apiKey: ApiKey;
}

/** Issues and revokes API keys. Throws UnavailableError ('database') when the store could not tell. */
export interface ApiKeys {
  issue(wanted: WantedApiKey, by: AuditOrigin): Promise<Result<IssuedApiKey, 'role_not_allowed'>>;
  revoke(id: string, by: AuditOrigin): Promise<'revoked' | 'not_found'>;
}

/**
 * Creates the issue of API keys on a store; every act goes to the audit log. A key has the roles and the scopes that it was given, and does
 * NOT get those that its roles mean for users. Does NOT issue keys with the role `admin`.
 */
export function createApiKeys(options: { readonly store: ApiKeyStore; readonly audit: AuditLog }): ApiKeys {
  const { store, audit } = options;

  function record(
    event: Pick<AuditEvent, 'type' | 'outcome' | 'reason' | 'target' | 'details'>,
    by: AuditOrigin,
  ) {
    audit.record({ ...event, ...by });
  }

  return {
    async issue(wanted, by) {
      const granted = machineGrants(wanted);
      if (!granted.ok) {
        record({ type: 'api_key.created', outcome: 'refused', reason: 'role_not_allowed' }, by);
        return granted;
      }
      const { roles, scopes } = granted.value;
      const key = createApiKey();
      const apiKey = await store.create({
        name: wanted.name,
        keyHash: await hashMachineSecret(key),
        hint: hintOfApiKey(key),
        roles,
        scopes,
        createdBy: by.actor.kind === 'user' ? by.actor.id : undefined,
        lifetimeSeconds: wanted.lifetimeSeconds,
      });
      const target = { kind: 'api_key', id: apiKey.id } as const;
      record({ type: 'api_key.created', outcome: 'success', target, details: { roles, scopes } }, by);
      return ok({ key, apiKey });
    },
    async revoke(id, by) {
      const outcome = await store.revoke(id);
      const target = isId('api_key', id) && { target: { kind: 'api_key' as const, id } };
      const result =
        outcome === 'revoked'
          ? { outcome: 'success' as const }
          : { outcome: 'refused' as const, reason: outcome };
      record({ type: 'api_key.revoked', ...result, ...target }, by);
      return outcome;
    },
  };
}
