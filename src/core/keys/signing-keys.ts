import { importJWK, type JWTPayload, SignJWT } from 'jose';
import type { Clock } from '../../lib/durations.ts';
import { createListeners } from '../../lib/listeners.ts';
import type { Log } from '../../lib/log.ts';
import type { AuditLog, AuditOrigin } from '../audit/audit-log.ts';
import { generateSigningKey, type SigningAlgorithm, sealPurpose } from './generate-signing-key.ts';
import { createKeyChanges, type KeyChanges, type KeyDecision } from './key-changes.ts';
import { BY_ITSELF, type KeyOrigin } from './key-events.ts';
import { createKeyReader } from './key-reader.ts';
import { isPublished, signingOrder } from './key-times.ts';
import type { PublicKeySet } from './public-key-set.ts';
import { createRecordedChange, type KeyOutcome } from './recorded-change.ts';
import type { SecretBox } from './secret-box.ts';
import type { SigningKeyStore, StoredSigningKey } from './signing-key-store.ts';

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
  /**
   * Changes the stored keys, goes by them at once in this process, and records for the audit log what happened to each. Throws
   * UnavailableError ('database').
   */
  change(
    choose: (changes: KeyChanges) => KeyDecision,
    by: AuditOrigin,
    origin?: KeyOrigin,
  ): Promise<KeyOutcome>;
  /** Reads the keys again at once, because another process is known to have changed them. Does NOT throw. */
  reread(): Promise<void>;
  /**
   * Calls the listener with the ids of keys that were withdrawn, once `publicKeySet` shows them no more: at once for those that this process revokes, and
   * for others when it hears of it (`hearRevokedKeys`), at the latest within a minute (`startKeyRotation`). Answers with a function that stops it.
   */
  onWithdrawn(listener: (keyIds: readonly string[]) => void): () => void;
}

/** Thrown when no key that may sign can be opened: most likely the secret was changed without keeping the old one behind it. */
export class SigningKeyError extends Error {
  constructor() {
    super('no signing key can be opened with the configured secrets');
    this.name = 'SigningKeyError';
  }
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
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly log: Log;
}): SigningKeys {
  const { algorithm } = options;
  const open = createKeyOpener(options);
  const generate = () => generateSigningKey(algorithm, options.box);
  const changes = createKeyChanges({ algorithm, generate });
  const change = createRecordedChange(options);
  const withdrawals = createListeners<readonly string[]>(() =>
    options.log.error('a listener for withdrawn signing keys failed'),
  );
  const reader = createKeyReader({
    ...options,
    onWithdrawn: withdrawals.tell,
    readFirst: async () => (await change(changes.first, BY_ITSELF)).listing,
  });

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
    async change(choose, by, origin) {
      const { changed, listing } = await change(choose(changes), by, origin);
      return { changed, listing: reader.take(listing).listing };
    },
    reread: reader.reread,
    onWithdrawn: withdrawals.add,
  };
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
