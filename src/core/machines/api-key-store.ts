import type { MachineCursor } from './machine-cursor.ts';

/** An API key as it is stored: never the key itself. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  /** The first characters of the key. */
  readonly hint: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  /** The user who made it; `undefined` for the command line. */
  readonly createdBy: string | undefined;
  readonly createdAt: Date;
  /** `undefined`: good until it is revoked. */
  readonly expiresAt: Date | undefined;
  /** To the minute. */
  readonly lastUsedAt: Date | undefined;
  readonly revokedAt: Date | undefined;
}

/** What is known of a key that is about to be stored. */
export interface NewApiKey {
  readonly name: string;
  /** The SHA-256 of the key. */
  readonly keyHash: Uint8Array;
  readonly hint: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly createdBy: string | undefined;
  /** `undefined`: it does not expire. */
  readonly lifetimeSeconds: number | undefined;
}

/** A part of the list of keys, oldest first. */
export interface ApiKeyPage {
  readonly apiKeys: readonly ApiKey[];
  /** Where the next page begins; `undefined` on the last. */
  readonly next: MachineCursor | undefined;
}

/** Port: stores API keys, at its own clock. Every method throws UnavailableError ('database') when the store could not tell. */
export interface ApiKeyStore {
  create(key: NewApiKey): Promise<ApiKey>;
  /** The key with that hash, if it is neither revoked nor expired; counts as use, which is noted at most once a minute. */
  findActiveByHash(keyHash: Uint8Array): Promise<ApiKey | undefined>;
  /** The key with that id, if it is neither revoked nor expired. Does NOT count as use. */
  findActiveById(id: string): Promise<ApiKey | undefined>;
  /** Lists all keys, also those that are revoked or expired, by time of creation, oldest first. */
  list(query: { readonly after: MachineCursor | undefined; readonly limit: number }): Promise<ApiKeyPage>;
  /** Revokes a key for good; `not_found` also when it was revoked before. */
  revoke(id: string): Promise<'revoked' | 'not_found'>;
}
