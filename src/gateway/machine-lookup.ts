/** What the core tells of an API key that stands. Times are seconds since the Unix epoch. */
export interface ActiveApiKey {
  readonly id: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  /** `undefined`: good until it is revoked. */
  readonly expiresAt: number | undefined;
}

/** Port: asks the core about callers that are programs. Every method throws UnavailableError ('core' or 'database') when the core could not tell. */
export interface MachineLookup {
  /** The API key, if it is neither revoked nor expired. */
  findApiKey(key: string): Promise<ActiveApiKey | undefined>;
  /** Whether the API key or the client with that id still stands, and that token of the client (`jti_…`) was not revoked by itself. */
  isActive(id: string, tokenId?: string): Promise<boolean>;
}
