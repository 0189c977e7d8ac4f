/** A key that refresh tokens are authenticated with, at rest. */
export interface StoredRefreshKey {
  /** `rfk_…` */
  readonly id: string;
  /** The key, sealed by `SecretBox`. */
  readonly sealedKey: string;
  readonly createdAt: Date;
}

/** Port: the keys of refresh tokens at rest. Every method throws UnavailableError ('database') when the store could not tell. */
export interface RefreshKeyStore {
  /** All keys, oldest first. */
  list(): Promise<readonly StoredRefreshKey[]>;
  /**
   * Adds the key made by `make` if there is none at all, so that processes which start at once agree on one: atomic over processes.
   * Answers with the keys that then stand. `make` is called at most once, and not when a key exists; what it made is thrown away when another was first.
   */
  addFirst(make: () => Promise<Omit<StoredRefreshKey, 'createdAt'>>): Promise<readonly StoredRefreshKey[]>;
  /** Replaces a key's sealed form when it still is `from`; answers whether it was. Does NOT look whether both seal the same key. */
  replaceSealed(id: string, from: string, to: string): Promise<boolean>;
}
