import { importJWK, type JWTPayload, SignJWT } from 'jose';
import { type Clock, MINUTE_SECONDS } from '../../lib/durations.ts';
import type { Log } from '../../lib/log.ts';
import { generateSigningKey, type SigningAlgorithm, sealPurpose } from './generate-signing-key.ts';
import { type PublicJwk, type PublicKeySet, publicJwkOf } from './public-key-set.ts';
import type { SecretBox } from './secret-box.ts';
import type { SigningKeyStore, StoredSigningKey } from './signing-key-store.ts';

/** The keys that our own tokens are signed with. */
export interface SigningKeys {
  /**
   * Signs claims as a JWT with the `typ` header given. Throws UnavailableError ('database') when no key could be read yet, and
   * SigningKeyError when none can be opened. Does NOT check or add claims.
   */
  sign(claims: JWTPayload, typ: string): Promise<string>;
  /** The public parts of all keys, also of those that cannot be opened. Throws UnavailableError ('database') as `sign` does. */
  publicKeySet(): Promise<PublicKeySet>;
}

/** Thrown when there are keys and none can be opened: most likely the secret was changed without keeping the old one behind it. */
export class SigningKeyError extends Error {
  constructor() {
    super('no signing key can be opened with the configured secrets');
    this.name = 'SigningKeyError';
  }
}

interface SigningKey {
  readonly id: string;
  readonly algorithm: string;
  readonly key: Awaited<ReturnType<typeof importJWK>>;
}

interface LoadedKeys {
  readonly readAtMs: number;
  readonly signing: SigningKey | undefined;
  readonly publicKeySet: PublicKeySet;
}

// How soon a process sees a key that another one stored.
const REREAD_AFTER_MS = MINUTE_SECONDS * 1000;

/**
 * Creates the signing keys on a store: the first key is made when there is none, the newest key of the configured algorithm that can be
 * opened signs, and all are published. Keys are read again once a minute; while the store is down those that were read serve on.
 * A key that cannot be opened breaks nothing else: it is logged, does not sign, and stays published for the tokens it signed.
 */
export function createSigningKeys(options: {
  readonly store: SigningKeyStore;
  readonly box: SecretBox;
  readonly algorithm: SigningAlgorithm;
  readonly clock: Clock;
  readonly log: Log;
}): SigningKeys {
  let loaded: LoadedKeys | undefined;
  let loading: Promise<LoadedKeys> | undefined;

  async function read(): Promise<LoadedKeys> {
    try {
      const make = () => generateSigningKey(options.algorithm, options.box);
      const stored = await (loaded === undefined ? options.store.addFirst(make) : options.store.list());
      const readAtMs = options.clock();
      loaded = {
        readAtMs,
        signing: await openSigningKey(stored, options),
        publicKeySet: publish(stored, options.log),
      };
      return loaded;
    } catch (error) {
      if (loaded === undefined) throw error;
      options.log.warn('signing keys could not be read again; the ones in memory serve on');
      loaded = { ...loaded, readAtMs: options.clock() };
      return loaded;
    } finally {
      loading = undefined;
    }
  }

  function current(): LoadedKeys | Promise<LoadedKeys> {
    if (loaded !== undefined && options.clock() - loaded.readAtMs < REREAD_AFTER_MS) return loaded;
    loading ??= read();
    return loading;
  }

  return {
    async sign(claims, typ) {
      const { signing } = await current();
      if (signing === undefined) throw new SigningKeyError();
      const header = { alg: signing.algorithm, kid: signing.id, typ };
      return new SignJWT(claims).setProtectedHeader(header).sign(signing.key);
    },
    publicKeySet: async () => (await current()).publicKeySet,
  };
}

function publish(stored: readonly StoredSigningKey[], log: Log): PublicKeySet {
  const keys: PublicJwk[] = [];
  for (const key of stored) {
    const jwk = publicJwkOf(key);
    if (jwk === undefined) log.error('a stored public key cannot be read', { key_id: key.id });
    else keys.push(jwk);
  }
  return { keys };
}

/** The newest key that can be opened, of the configured algorithm before any other. */
async function openSigningKey(
  stored: readonly StoredSigningKey[],
  options: { readonly box: SecretBox; readonly algorithm: SigningAlgorithm; readonly log: Log },
): Promise<SigningKey | undefined> {
  const fits = (key: StoredSigningKey) => Number(key.algorithm === options.algorithm);
  const newestFirst = stored.toSorted(
    (a, b) => fits(b) - fits(a) || b.createdAt.getTime() - a.createdAt.getTime(),
  );
  for (const { id, algorithm, sealedPrivateJwk } of newestFirst) {
    try {
      const jwk = JSON.parse(await options.box.unseal(sealedPrivateJwk, sealPurpose(id)));
      if (algorithm !== options.algorithm)
        options.log.warn('no key of the configured algorithm can sign; another one does', {
          key_id: id,
          algorithm,
        });
      return { id, algorithm, key: await importJWK(jwk, algorithm) };
    } catch {
      // The error's text is not logged: a parser's message may quote the private key.
      options.log.error('a signing key cannot be opened', { key_id: id });
    }
  }
  return undefined;
}
