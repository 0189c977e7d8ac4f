import type { RefreshKeyStore, StoredRefreshKey } from '../../../src/core/sessions/refresh-key-store.ts';
import type { Clock } from '../../../src/lib/durations.ts';

/** Creates the refresh keys' store in memory, empty. */
export function createMemoryRefreshKeyStore(clock: Clock): RefreshKeyStore {
  let keys: readonly StoredRefreshKey[] = [];
  let adding: Promise<unknown> = Promise.resolve();
  return {
    list: async () => keys,
    async addFirst(make) {
      // One after another: nobody here is ever overtaken.
      const turn = adding.then(async () => {
        if (keys.length === 0) keys = [{ ...(await make()), createdAt: new Date(clock()) }];
        return keys;
      });
      adding = turn.catch(() => undefined);
      return turn;
    },
    async replaceSealed(id, from, to) {
      const isThere = keys.some((key) => key.id === id && key.sealedKey === from);
      if (isThere) keys = keys.map((key) => (key.id === id ? { ...key, sealedKey: to } : key));
      return isThere;
    },
  };
}
