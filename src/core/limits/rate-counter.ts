/** At most so many in a window of time, which begins with the first. */
export interface RateLimit {
  readonly points: number;
  readonly durationSeconds: number;
}

/** Whether something may be done now. */
export type Permission =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'limited'; readonly retryAfterSeconds: number };

/** Counts by key against one limit. Keys are short: whoever counts what a stranger typed counts its hash. Never throws. */
export interface RateCounter {
  /** Counts one, and refuses it where it is one too many. Each call is counted on its own, however many come at once. */
  consume(key: string): Promise<Permission>;
  /** Takes one back. Does NOT begin a new window. */
  giveBack(key: string): Promise<void>;
  /** Starts the count of a key anew. */
  forget(key: string): Promise<void>;
}

/** Keys that are marked for a time. Never throws: what cannot be told is not marked. */
export interface RateMarks {
  has(key: string): Promise<boolean>;
  /** Marks a key from now on for the whole time. */
  add(key: string): Promise<void>;
}

/**
 * Port: the counters behind every limit. Each name is one counter, whoever asks for it. They hold a bounded number of keys in memory and
 * then forget the key that was counted the longest ago, so that a stranger with many addresses fills none. Does NOT wait long: a store that is away is
 * replaced by counters of this process.
 */
export interface RateCounters {
  counter(name: string, limit: RateLimit): RateCounter;
  marks(name: string, lifetimeSeconds: number): RateMarks;
}
