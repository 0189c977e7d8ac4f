import type { ApiKey, ApiKeyStore } from '../../../src/core/machines/api-key-store.ts';
import { createId } from '../../../src/identity/ids.ts';
import type { Clock } from '../../../src/lib/durations.ts';
import type { AppendRevocation } from './memory-revocation-log.ts';
import { pageByCreation } from './page-by-creation.ts';

const TOUCH_AFTER_MS = 60_000;

interface Row {
  readonly key: ApiKey;
  readonly keyHash: string;
}

/** Creates an empty store of API keys in memory, at the test's clock. */
export function createMemoryApiKeyStore(clock: Clock, revoked: AppendRevocation): ApiKeyStore {
  const rows = new Map<string, Row>();
  const stands = ({ key }: Row) =>
    key.revokedAt === undefined && (key.expiresAt === undefined || key.expiresAt.getTime() > clock());

  function change(row: Row, differences: Partial<ApiKey>): ApiKey {
    const key = { ...row.key, ...differences };
    rows.set(key.id, { ...row, key });
    return key;
  }

  return {
    async create({ keyHash, lifetimeSeconds, ...facts }) {
      const expiresAt =
        lifetimeSeconds === undefined ? undefined : new Date(clock() + lifetimeSeconds * 1000);
      const times = { createdAt: new Date(clock()), expiresAt, lastUsedAt: undefined, revokedAt: undefined };
      const key = { ...facts, ...times, id: createId('api_key') };
      rows.set(key.id, { key, keyHash: keyHash.toHex() });
      return key;
    },
    async findActiveByHash(keyHash) {
      const row = [...rows.values()].find((each) => each.keyHash === keyHash.toHex());
      if (row === undefined || !stands(row)) return undefined;
      const usedAt = row.key.lastUsedAt?.getTime() ?? 0;
      return clock() - usedAt < TOUCH_AFTER_MS ? row.key : change(row, { lastUsedAt: new Date(clock()) });
    },
    async findActiveById(id) {
      const row = rows.get(id);
      return row !== undefined && stands(row) ? row.key : undefined;
    },
    async list({ after, limit }) {
      const all = [...rows.values()].map(({ key }) => key);
      const { page, next } = pageByCreation(all, after, limit);
      return { apiKeys: page, next };
    },
    async revoke(id) {
      const row = rows.get(id);
      if (row === undefined || row.key.revokedAt !== undefined) return 'not_found';
      change(row, { revokedAt: new Date(clock()) });
      revoked('api_key', id);
      return 'revoked';
    },
  };
}
