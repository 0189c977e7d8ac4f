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
}

/** Port: signing keys at rest. Every method throws UnavailableError ('database') when the store could not tell. */
export interface SigningKeyStore {
  list(): Promise<readonly StoredSigningKey[]>;
  /**
   * Adds the key made by `make` if there is none at all, so that processes which start at once agree on one: atomic over processes (an
   * advisory lock). Answers with the keys that then stand. `make` is called at most once, and not when a key exists.
   */
  addFirst(make: () => Promise<Omit<StoredSigningKey, 'createdAt'>>): Promise<readonly StoredSigningKey[]>;
}
