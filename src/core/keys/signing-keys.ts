import { importJWK, type JWTPayload, SignJWT } from 'jose';
import type { Clock } from '../../lib/durations.ts';
import type { Log } from '../../lib/log.ts';
import { generateSigningKey, type SigningAlgorithm, sealPurpose } from './generate-signing-key.ts';
import { createKeyChanges, type KeyChanges, type KeyDecision } from './key-changes.ts';
import { isPublished, KEYS_REREAD_SECONDS, signingOrder } from './key-times.ts';
import { type PublicJwk, type PublicKeySet, publicJwkOf } from './public-key-set.ts';
import type { SecretBox } from './secret-box.ts';
import type { SigningKeyListing, SigningKeyStore, StoredSigningKey } from './signing-key-store.ts';

/** The keys that our own tokens are signed with. */
export interface SigningKeys {
  /**
   * Signs claims as a JWT with the `typ` header given. Throws UnavailableError ('database') when no key could be read yet, and
   * SigningKeyError when none may sign or none of them can be opened. Does NOT check or add claims: a token may live
   * SIGNED_TOKEN_SECONDS_MAX at most.
   */
  sign(claims: JWTPayload, typ: string): Promise<string>;
  /** The public parts of the published keys, also of those that cannot be opened. Throws UnavailableError ('database') as `sign` does. */
  publicKeySet(): Promise<PublicKeySet>;
  /** Changes the stored keys, and goes by them at once in this process. Throws UnavailableError ('database'). */
  change(choose: (changes: KeyChanges) => KeyDecision): Promise<SigningKeyListing>;
}

/** Thrown when no key that may sign can be opened: most likely the secret was changed without keeping the old one behind it. */
export class SigningKeyError extends Error {
  constructor() {
    super('no signing key can be opened with the configured secrets');
    this.name = 'SigningKeyError';
  }
}

interface LoadedKeys {
  readonly listing: SigningKeyListing;
  readonly publicJwks: ReadonlyMap<string, PublicJwk>;
  /** The store's clock less ours, when the keys were read. */
  readonly offsetMs: number;
  readonly readAtMs: number;
}

/**
 * Creates the signing keys on a store. The first key is made when they are first read and there is none; which keys sign and are published follows from
 * their times at the store's clock. Keys are read again once a minute; while the store is down those that were read serve on. A key
 * that cannot be opened breaks nothing else: it is logged, does not sign, and stays published for the tokens it signed.
 */
export function createSigningKeys(options: {
  readonly store: SigningKeyStore;
  readonly box: SecretBox;
  readonly algorithm: SigningAlgorithm;
  readonly clock: Clock;
  readonly log: Log;
}): SigningKeys {
  const { store, algorithm } = options;
  const open = createKeyOpener(options);
  const generate = () => generateSigningKey(algorithm, options.box);
  const changes = createKeyChanges({ algorithm, generate });
  const reader = createKeyReader({ ...options, first: changes.first });

  return {
    async sign(claims, typ) {
      const { listing, now } = await reader.current();
      for (const stored of signingOrder(listing.keys, algorithm, now)) {
        const key = await open(stored);
        if (key === undefined) continue;
        const header = { alg: stored.algorithm, kid: stored.id, typ };
        return new SignJWT(claims).setProtectedHeader(header).sign(key);
      }
      throw new SigningKeyError();
    },
    async publicKeySet() {
      const { listing, publicJwks, now } = await reader.current();
      const published = listing.keys.filter((key) => isPublished(key, now));
      return { keys: published.flatMap(({ id }) => publicJwks.get(id) ?? []) };
    },
    change: async (choose) => reader.take(await store.change(choose(changes))).listing,
  };
}

interface KeyReader {
  /** The keys that were read last, at most a minute ago, and the store's clock at this moment. */
  current(): Promise<LoadedKeys & { readonly now: Date }>;
  take(listing: SigningKeyListing): LoadedKeys;
}

function createKeyReader(options: {
  readonly store: SigningKeyStore;
  readonly first: KeyDecision;
  readonly clock: Clock;
  readonly log: Log;
}): KeyReader {
  const { store, clock, log } = options;
  let loaded: LoadedKeys | undefined;
  let loading: Promise<LoadedKeys> | undefined;

  function take(listing: SigningKeyListing): LoadedKeys {
    // What was asked for earlier may be answered later: the newer listing stays.
    if (loaded !== undefined && loaded.listing.now > listing.now) return loaded;
    const offsetMs = listing.now.getTime() - clock();
    loaded = { listing, publicJwks: readPublicJwks(listing, log), offsetMs, readAtMs: clock() };
    return loaded;
  }

  async function read(): Promise<LoadedKeys> {
    try {
      return take(await (loaded === undefined ? store.change(options.first) : store.list()));
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
    take,
  };
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

type OpenKey = Awaited<ReturnType<typeof importJWK>>;

/** Opens private keys, each sealed text once; `undefined` for what cannot be opened. */
function createKeyOpener(options: {
  readonly box: SecretBox;
  readonly algorithm: SigningAlgorithm;
  readonly log: Log;
}): (stored: StoredSigningKey) => Promise<OpenKey | undefined> {
  const { box, log } = options;
  const opened = new Map<string, { readonly sealed: string; readonly key: Promise<OpenKey | undefined> }>();

  async function open({ id, algorithm, sealedPrivateJwk }: StoredSigningKey): Promise<OpenKey | undefined> {
    try {
      const jwk = JSON.parse(await box.unseal(sealedPrivateJwk, sealPurpose(id)));
      const key = await importJWK(jwk, algorithm);
      if (algorithm !== options.algorithm)
        log.warn('a key signs that is not of the configured algorithm', { key_id: id, algorithm });
      return key;
    } catch {
      // The error's text is not logged: a parser's message may quote the private key.
      log.error('a signing key cannot be opened', { key_id: id });
      return undefined;
    }
  }

  return (stored) => {
    const known = opened.get(stored.id);
    if (known?.sealed === stored.sealedPrivateJwk) return known.key;
    const key = open(stored);
    opened.set(stored.id, { sealed: stored.sealedPrivateJwk, key });
    return key;
  };
}
