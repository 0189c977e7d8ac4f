import type {
  KeyChange,
  SigningKeyListing,
  SigningKeyStore,
  StoredSigningKey,
} from '../../../src/core/keys/signing-key-store.ts';
import type { Clock } from '../../../src/lib/durations.ts';
import type { AppendRevocation } from './memory-revocation-log.ts';

/** The signing keys' store in memory; a test may put any keys into it. */
export interface MemorySigningKeyStore extends SigningKeyStore {
  replace(keys: readonly StoredSigningKey[]): void;
}

/** Creates a store without keys, at the clock given. */
export function createMemorySigningKeyStore(
  clock: Clock,
  revoked: AppendRevocation = () => clock(),
): MemorySigningKeyStore {
  let keys: readonly StoredSigningKey[] = [];
  let changing: Promise<unknown> = Promise.resolve();
  const listing = (): SigningKeyListing => ({ now: new Date(clock()), keys });

  function put(next: readonly StoredSigningKey[]): void {
    const standing = new Set(keys.filter(({ revokedAt }) => revokedAt === undefined).map(({ id }) => id));
    keys = next;
    for (const { id, revokedAt } of next) if (revokedAt !== undefined && standing.has(id)) revoked('key', id);
  }

  function apply({ add, times }: KeyChange, createdAt: Date): void {
    const added =
      add === undefined ? [] : [{ ...add, createdAt, publishedUntil: undefined, revokedAt: undefined }];
    put([...keys, ...added].map((key) => ({ ...key, ...times.find(({ id }) => id === key.id) })));
  }

  return {
    list: async () => listing(),
    async change(decide) {
      // One after another: nobody here is ever overtaken.
      const turn = changing.then(async () => {
        const before = listing();
        const change = await decide(before);
        if (change !== undefined) apply(change, before.now);
        return listing();
      });
      changing = turn.catch(() => undefined);
      return turn;
    },
    async replaceSealed(id, from, to) {
      const isReplaced = keys.some((key) => key.id === id && key.sealedPrivateJwk === from);
      if (isReplaced) keys = keys.map((key) => (key.id === id ? { ...key, sealedPrivateJwk: to } : key));
      return isReplaced;
    },
    replace: put,
  };
}
