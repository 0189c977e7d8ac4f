/** What a link in a mail is good for: a new password, or to show that somebody reads mail at the account's address, or at the one that is to become it. */
export type OneTimePurpose = 'password_reset' | 'email_verification' | 'email_change';

/** What it takes to keep a one-time token. */
export interface NewOneTimeToken {
  readonly userId: string;
  readonly purpose: OneTimePurpose;
  /** The address that the link is sent to. */
  readonly email: string;
  /** SHA-256 of the token; the token itself is never stored. */
  readonly tokenHash: Uint8Array;
  /** Counted from now at the database's clock. */
  readonly lifetimeSeconds: number;
}

/** Whose token it is, and where its link was sent. */
export interface OneTimeTokenFacts {
  readonly userId: string;
  readonly email: string;
}

/** Port: one-time tokens at rest. Every method throws UnavailableError ('database') when the store could not tell. */
export interface OneTimeTokenStore {
  /** Keeps a token in the place of the user's earlier one of that purpose, which is dead from then on. */
  issue(token: NewOneTimeToken): Promise<void>;
  /** Tells whose token it is, if it is good now. Does NOT use it up. */
  find(tokenHash: Uint8Array, purpose: OneTimePurpose): Promise<OneTimeTokenFacts | undefined>;
  /** Uses a token up: of any number of calls, also at once, one alone is told whose it was. */
  redeem(tokenHash: Uint8Array, purpose: OneTimePurpose): Promise<OneTimeTokenFacts | undefined>;
  /** Ends all tokens of a user. */
  revokeAll(userId: string): Promise<void>;
}
