/**
 * Port: hashes and verifies passwords, as PHC strings. Costs tens of milliseconds and megabytes by design, so an implementation bounds how
 * many run at once and throws UnavailableError ('password_hashing') when too many wait.
 */
export interface PasswordHasher {
  /** Makes a PHC string with a new random salt. */
  hash(password: string): Promise<string>;
  /**
   * Tells whether the password is the one of the PHC string, or of a hash of another system in its stored form; see `recognizePasswordHash`. A string that cannot be read is `false` after the same work, so that a broken
   * row does not show in the time. Does NOT normalize the password; see `normalizePassword`.
   */
  verify(phc: string, password: string): Promise<boolean>;
  /** Tells whether `hash` would make a hash of another kind or with other costs: then the stored one is replaced when the password is next known. */
  needsRehash(phc: string): boolean;
}
