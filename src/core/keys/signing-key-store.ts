/** What the times of a key say of it: published and not signing yet; signing, or signed before; published no more; withdrawn. */
export type SigningKeyPhase = 'next' | 'signing' | 'gone' | 'revoked';

/** A signing key at rest: the private part sealed, the public part open. */
export interface StoredSigningKey {
  /** `key_…`; the `kid`. */
  readonly id: string;
  /** `RS256`, `ES256` or `EdDSA`. */
  readonly algorithm: string;
  /** The public key as a JWK in JSON. */
  readonly publicJwk: string;
  /** The private key as a JWK in JSON, sealed by `SecretBox`. */
  readonly sealedPrivateJwk: string;
  readonly createdAt: Date;
  /** Published before, signs from then on, until a later key does. */
  readonly signsFrom: Date;
  /** When the last token that it signed is dead; `undefined` while no later key is known. */
  readonly publishedUntil: Date | undefined;
  readonly revokedAt: Date | undefined;
  /** The phase that was last told to the audit log, so that one process of many tells it; `undefined` for keys from before there was such a note. */
  readonly notedPhase: SigningKeyPhase | undefined;
}

/** A key pair that is to be stored. */
export type SealedKeyPair = Pick<StoredSigningKey, 'id' | 'algorithm' | 'publicJwk' | 'sealedPrivateJwk'>;

/** A key that is not stored yet. */
export type NewSigningKey = SealedKeyPair & Pick<StoredSigningKey, 'signsFrom'> & NotedPhase;

interface NotedPhase {
  readonly notedPhase: SigningKeyPhase;
}

/** All keys, the earliest made first, and the store's clock when they were read. */
export interface SigningKeyListing {
  readonly now: Date;
  readonly keys: readonly StoredSigningKey[];
}

/** The times of a key that stands, as they shall be. */
export type SigningKeyTimes = Pick<StoredSigningKey, 'id' | 'signsFrom' | 'publishedUntil' | 'revokedAt'> &
  NotedPhase;

/** What becomes of the keys in one step. */
export interface KeyChange {
  readonly add: NewSigningKey | undefined;
  readonly times: readonly SigningKeyTimes[];
}

/** Port: signing keys at rest, at the store's clock. Every method throws UnavailableError ('database') when the store could not tell. */
export interface SigningKeyStore {
  list(): Promise<SigningKeyListing>;
  /**
   * Changes the keys by what `decide` makes of them: one change after another over all processes, all of it or nothing. When another process was
   * first, `decide` is asked again, with the keys that then stand; only its last answer counts. `undefined` changes nothing. Answers with the
   * keys that then stand. An error of `decide` is let through.
   */
  change(
    decide: (listing: SigningKeyListing) => KeyChange | undefined | Promise<KeyChange | undefined>,
  ): Promise<SigningKeyListing>;
  /** Replaces a sealed private part if it still is `from`; tells whether it was. */
  replaceSealed(id: string, from: string, to: string): Promise<boolean>;
}
