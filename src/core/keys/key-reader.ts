import type { Clock } from '../../lib/durations.ts';
import type { Log } from '../../lib/log.ts';
import { isPublished, KEYS_REREAD_SECONDS } from './key-times.ts';
import { type PublicJwk, publicJwkOf } from './public-key-set.ts';
import type { SigningKeyListing, SigningKeyStore } from './signing-key-store.ts';

/** The keys as they were read last. */
export interface LoadedKeys {
  readonly listing: SigningKeyListing;
  readonly publicJwks: ReadonlyMap<string, PublicJwk>;
  /** The store's clock less ours, when the keys were read. */
  readonly offsetMs: number;
  readonly readAtMs: number;
}

/** What reads stored keys and keeps them. */
export interface KeyReader {
  /** The keys that were read last, at most a minute ago, and the store's clock at this moment. */
  current(): Promise<LoadedKeys & { readonly now: Date }>;
  /** Reads the keys now, because they are known to have changed. Does NOT throw: while the store is down those that were read serve on. */
  reread(): Promise<void>;
  /** Goes by keys that were read elsewhere, unless newer ones are known. */
  take(listing: SigningKeyListing): LoadedKeys;
}

/** What a reader of keys works by. */
export interface KeyReaderOptions {
  readonly store: SigningKeyStore;
  /** Reads the keys, and makes the first one where there is none. */
  readonly readFirst: () => Promise<SigningKeyListing>;
  /** Called with the keys that are withdrawn, as soon as this process sees it, whoever withdrew them. */
  readonly onWithdrawn: (keyIds: readonly string[]) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Creates the reader: keys are read again once a minute, and while the store is down those that were read serve on. Throws UnavailableError
 * ('database') while none could be read yet.
 */
export function createKeyReader(options: KeyReaderOptions): KeyReader {
  const { store, readFirst, onWithdrawn, clock, log } = options;
  let loaded: LoadedKeys | undefined;
  let loading: Promise<LoadedKeys> | undefined;

  function take(listing: SigningKeyListing): LoadedKeys {
    // What was asked for earlier may be answered later: the newer listing stays.
    if (loaded !== undefined && loaded.listing.now > listing.now) return loaded;
    const offsetMs = listing.now.getTime() - clock();
    const withdrawn = loaded === undefined ? [] : withdrawnSince(loaded.listing, listing);
    loaded = { listing, publicJwks: readPublicJwks(listing, log), offsetMs, readAtMs: clock() };
    if (withdrawn.length > 0) onWithdrawn(withdrawn);
    return loaded;
  }

  async function read(): Promise<LoadedKeys> {
    try {
      return take(await (loaded === undefined ? readFirst() : store.list()));
    } catch (error) {
      if (loaded === undefined) throw error;
      log.warn('signing keys could not be read again; the ones in memory serve on');
      loaded = { ...loaded, readAtMs: clock() };
      return loaded;
    } finally {
      loading = undefined;
    }
  }

  return {
    async current() {
      let known = loaded;
      if (known === undefined || clock() - known.readAtMs >= KEYS_REREAD_SECONDS * 1000) {
        loading ??= read();
        known = await loading;
      }
      return { ...known, now: new Date(clock() + known.offsetMs) };
    },
    async reread() {
      // A read under way may have begun before the change.
      await loading?.catch(() => undefined);
      loading ??= read();
      await loading.catch(() => undefined);
    },
    take,
  };
}

/** The keys that stood before and stand no more; a key that is gone for its age is dead by itself. */
function withdrawnSince(before: SigningKeyListing, { keys }: SigningKeyListing): readonly string[] {
  const standing = new Set(keys.filter(({ revokedAt }) => revokedAt === undefined).map(({ id }) => id));
  return before.keys
    .filter(({ id, revokedAt }) => revokedAt === undefined && !standing.has(id))
    .map(({ id }) => id);
}

function readPublicJwks({ now, keys }: SigningKeyListing, log: Log): ReadonlyMap<string, PublicJwk> {
  const read = new Map<string, PublicJwk>();
  for (const key of keys.filter((each) => isPublished(each, now))) {
    const jwk = publicJwkOf(key);
    if (jwk === undefined) log.error('a stored public key cannot be read', { key_id: key.id });
    else read.set(key.id, jwk);
  }
  return read;
}
