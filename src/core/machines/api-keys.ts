import { createApiKey, hintOfApiKey } from '../../identity/api-key.ts';
import { isRoleName } from '../../identity/role-name.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import type { AuditEvent, AuditLog, AuditRequest } from '../audit/audit-log.ts';
import type { ApiKey, ApiKeyStore } from './api-key-store.ts';
import { hashMachineSecret } from './hash-machine-secret.ts';

/** Who issues or revokes a key, and in which request. */
export interface ApiKeyAdministrator {
  readonly userId: string;
  readonly sessionId: string;
  readonly request: AuditRequest;
}

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
  issue(wanted: WantedApiKey, by: ApiKeyAdministrator): Promise<Result<IssuedApiKey, 'role_not_allowed'>>;
  revoke(id: string, by: ApiKeyAdministrator): Promise<'revoked' | 'not_found'>;
}

// A key is no person and lies in files; administration stays with users, whose sessions can be ended.
const ROLE_WITHHELD = 'admin';

/**
 * Creates the issue of API keys on a store; every act goes to the audit log. A key has the roles and the scopes that it was given, and does
 * NOT get those that its roles mean for users. Does NOT issue keys with the role `admin`.
 */
export function createApiKeys(options: { readonly store: ApiKeyStore; readonly audit: AuditLog }): ApiKeys {
  const { store, audit } = options;

  function record(
    event: Pick<AuditEvent, 'type' | 'outcome' | 'reason' | 'target' | 'details'>,
    by: ApiKeyAdministrator,
  ) {
    const { userId, sessionId, request } = by;
    audit.record({ ...event, actor: { kind: 'user', id: userId }, sessionId, request });
  }

  return {
    async issue(wanted, by) {
      const roles = [...new Set(wanted.roles)].sort();
      const scopes = [...new Set(wanted.scopes)].sort();
      if (!roles.every((role) => isRoleName(role) && role !== ROLE_WITHHELD)) {
        record({ type: 'api_key.created', outcome: 'refused', reason: 'role_not_allowed' }, by);
        return refused('role_not_allowed');
      }
      const key = createApiKey();
      const apiKey = await store.create({
        name: wanted.name,
        keyHash: await hashMachineSecret(key),
        hint: hintOfApiKey(key),
        roles,
        scopes,
        createdBy: by.userId,
        lifetimeSeconds: wanted.lifetimeSeconds,
      });
      const target = { kind: 'api_key', id: apiKey.id } as const;
      record({ type: 'api_key.created', outcome: 'success', target, details: { roles, scopes } }, by);
      return ok({ key, apiKey });
    },
    async revoke(id, by) {
      const outcome = await store.revoke(id);
      if (outcome === 'revoked')
        record({ type: 'api_key.revoked', outcome: 'success', target: { kind: 'api_key', id } }, by);
      return outcome;
    },
  };
}
