/** A bounded memory of what was used lately. */
export interface RecentMemory<Value> {
  get(name: string): Value | undefined;
  set(name: string, value: Value): void;
  forget(name: string): void;
}

/**
 * Makes a memory of at most `max` values. Two generations: when the young one is full, the old one is dropped as a whole and the young takes its
 * place; what is used moves to the young. So each step costs the same, and what is in use stays. Does NOT look at the clock.
 */
export function createRecentMemory<Value>(max: number): RecentMemory<Value> {
  const generationMax = Math.max(1, Math.floor(max / 2));
  let young = new Map<string, Value>();
  let old = new Map<string, Value>();

  function set(name: string, value: Value): void {
    if (young.size >= generationMax) {
      old = young;
      young = new Map();
    }
    young.set(name, value);
  }

  return {
    get(name) {
      const value = young.get(name);
      if (value !== undefined) return value;
      const older = old.get(name);
      if (older !== undefined) {
        old.delete(name);
        set(name, older);
      }
      return older;
    },
    set,
    forget(name) {
      young.delete(name);
      old.delete(name);
    },
  };
}
