/** Which `kid`s were asked for in vain, so that tokens with invented ones cause few fetches. Times are milliseconds. */
export interface UnknownKeys {
  /** Whether a `kid` that is not in the set may cause a fetch now. */
  worthAsking(kid: string, now: number): boolean;
  /** Notes that a fetch is made because of a `kid`. */
  asked(kid: string, now: number): void;
}

/** Between two fetches that unknown `kid`s cause. */
const COOL_DOWN_MS = 30_000;
/** How long one `kid` causes no second fetch. Longer than the cool-down, so that one stale token does not use up every turn. */
const REMEMBERED_MS = 90_000;
const REMEMBERED_MAX = 1000;

/**
 * Makes the memory of unknown `kid`s, bounded in number. The first unknown `kid` may cause a fetch at once: after a change of keys it is
 * most likely a new key. Does NOT hold back fetches for other reasons.
 */
export function createUnknownKeys(): UnknownKeys {
  const askedAt = new Map<string, number>();
  let lastAskedAt = Number.NEGATIVE_INFINITY;
  return {
    worthAsking(kid, now) {
      if (now - lastAskedAt < COOL_DOWN_MS) return false;
      const before = askedAt.get(kid);
      return before === undefined || now - before >= REMEMBERED_MS;
    },
    asked(kid, now) {
      lastAskedAt = now;
      askedAt.delete(kid);
      for (const [oldest] of askedAt) {
        if (askedAt.size < REMEMBERED_MAX) break;
        askedAt.delete(oldest);
      }
      askedAt.set(kid, now);
    },
  };
}
