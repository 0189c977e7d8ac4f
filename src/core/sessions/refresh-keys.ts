import { createId } from '../../identity/ids.ts';
import type { Log } from '../../lib/log.ts';
import type { SecretBox } from '../keys/secret-box.ts';
import type { RefreshKeyStore, StoredRefreshKey } from './refresh-key-store.ts';

/** The master keys of refresh tokens, opened. */
export interface RefreshKeys {
  /** The newest key that can be opened writes. Throws UnavailableError ('database') when none could be read yet, RefreshKeyError when none can be opened. */
  writingKey(): Promise<CryptoKey>;
  /** All keys that can be opened, newest first; empty when there is none. Throws UnavailableError ('database') when none could be read yet. */
  readingKeys(): Promise<readonly CryptoKey[]>;
}

/** Thrown when there are keys and none can be opened: most likely the secret was changed without keeping the old one behind it. */
export class RefreshKeyError extends Error {
  constructor() {
    super('no refresh key can be opened with the configured secrets');
    this.name = 'RefreshKeyError';
  }
}

const KEY_BYTES = 32;

/** What a sealed refresh key is for; the associated data of its seal. */
export function refreshKeySealPurpose(keyId: string): string {
  return `refresh_key:${keyId}`;
}

/**
 * Creates the master keys on a store: the first is made when there is none. They are read and opened once, when they are first needed, and kept:
 * a token can then be judged while the store is down. A key that cannot be opened is logged and breaks nothing else. Does NOT see keys
 * that are stored later.
 */
export function createRefreshKeys(options: {
  readonly store: RefreshKeyStore;
  readonly box: SecretBox;
  readonly log: Log;
}): RefreshKeys {
  const { store, box, log } = options;
  let opened: Promise<readonly CryptoKey[]> | undefined;

  async function open(): Promise<readonly CryptoKey[]> {
    const stored = await store.addFirst(() => generateRefreshKey(box));
    const newestFirst = stored.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
    const keys = await Promise.all(newestFirst.map((key) => openKey(key, box, log)));
    return keys.filter((key) => key !== undefined);
  }

  async function readingKeys(): Promise<readonly CryptoKey[]> {
    opened ??= open();
    const opening = opened;
    try {
      return await opening;
    } catch (error) {
      // The next caller asks the store again.
      if (opened === opening) opened = undefined;
      throw error;
    }
  }

  return {
    readingKeys,
    async writingKey() {
      const [newest] = await readingKeys();
      if (newest === undefined) throw new RefreshKeyError();
      return newest;
    },
  };
}

async function generateRefreshKey(box: SecretBox): Promise<Omit<StoredRefreshKey, 'createdAt'>> {
  const id = createId('refresh_key');
  const key = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  return { id, sealedKey: await box.seal(key.toBase64(), refreshKeySealPurpose(id)) };
}

async function openKey(stored: StoredRefreshKey, box: SecretBox, log: Log): Promise<CryptoKey | undefined> {
  try {
    const text = await box.unseal(stored.sealedKey, refreshKeySealPurpose(stored.id));
    return await crypto.subtle.importKey('raw', Uint8Array.fromBase64(text), 'HKDF', false, ['deriveKey']);
  } catch {
    // The error's text is not logged: a parser's message may quote the key.
    log.error('a refresh key cannot be opened', { key_id: stored.id });
    return undefined;
  }
}
