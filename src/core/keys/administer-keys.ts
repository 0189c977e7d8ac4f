import type { AuditOrigin } from '../audit/audit-log.ts';
import type { KeyOrigin } from './key-events.ts';
import { type SigningKeyState, stateOf } from './key-times.ts';
import type {
  SealedKeyPair,
  SigningKeyListing,
  SigningKeyStore,
  StoredSigningKey,
} from './signing-key-store.ts';
import type { SigningKeys } from './signing-keys.ts';

/** What administrators may know of a signing key: nothing that is secret. */
export interface SigningKeyFacts
  extends Pick<
    StoredSigningKey,
    'id' | 'algorithm' | 'createdAt' | 'signsFrom' | 'publishedUntil' | 'revokedAt'
  > {
  readonly state: SigningKeyState;
}

/** What administrators do with signing keys. Each act is recorded for the audit log; each throws UnavailableError. Does NOT look at the administrator's roles. */
export interface AdministerKeys {
  /** All keys, the earliest made first, also those that are gone or revoked. */
  list(): Promise<readonly SigningKeyFacts[]>;
  /**
   * Makes a next key where there is none yet, which signs once every verifier has had the time to see it; or, `immediately`, lets the next or a new key sign
   * at once: verifiers then meet a key that they may not have seen. Answers with all keys.
   */
  rotate(by: AuditOrigin, immediately: boolean): Promise<readonly SigningKeyFacts[]>;
  /** Adds a key pair as a next key. `known`: it was there before, under whatever id, and nothing was done. */
  add(by: AuditOrigin, pair: SealedKeyPair, origin: KeyOrigin): Promise<'added' | 'known'>;
  /** Withdraws a key: what it signed is good no more. Where it was the current one, another signs at once. */
  revoke(by: AuditOrigin, id: string): Promise<'revoked' | 'not_found'>;
}

/** Creates the administration of signing keys. */
export function createAdministerKeys(options: {
  readonly store: SigningKeyStore;
  readonly keys: SigningKeys;
  readonly algorithm: string;
}): AdministerKeys {
  const { store, keys, algorithm } = options;
  const factsOf = (listing: SigningKeyListing) =>
    listing.keys.map((key) => ({ ...publicFacts(key), state: stateOf(key, listing, algorithm) }));
  return {
    list: async () => factsOf(await store.list()),
    async rotate(by, immediately) {
      return factsOf((await keys.change((changes) => changes.rotation(immediately), by)).listing);
    },
    async add(by, pair, origin) {
      return (await keys.change((changes) => changes.addition(pair), by, origin)).changed ? 'added' : 'known';
    },
    async revoke(by, id) {
      return (await keys.change((changes) => changes.revocation(id), by)).changed ? 'revoked' : 'not_found';
    },
  };
}

// Member by member, so that a new secret of a stored key does not slip out.
function publicFacts(key: StoredSigningKey): Omit<SigningKeyFacts, 'state'> {
  const { id, algorithm, createdAt, signsFrom, publishedUntil, revokedAt } = key;
  return { id, algorithm, createdAt, signsFrom, publishedUntil, revokedAt };
}
