/** Whether a guess may be made now. */
export type GuessPermission =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'limited'; readonly retryAfterSeconds: number };

/** One attempt at a password: whose it claims to be, and where it comes from. */
export interface Guess {
  /** The login as it was typed, lower-cased and in NFKC; also of accounts that do not exist. */
  readonly login: string;
  readonly clientAddress: string | undefined;
}

/**
 * Port: slows guessing down. Counts per account and address together, per address, and per account; a stranger who fills the count of an account must not
 * lock out its owner, who comes from an address where log-ins succeeded before. Counters that cannot be reached are replaced by ones in memory: never throws.
 */
export interface GuessLimiter {
  /** Asks before the password is checked, and counts the attempt. */
  admit(guess: Guess): Promise<GuessPermission>;
  /** Tells that the guess was right: it is taken back, the count of account and address starts anew, and the address is known for that account. */
  succeeded(guess: Guess): Promise<void>;
}
