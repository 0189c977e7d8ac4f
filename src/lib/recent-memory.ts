/** A bounded memory of what was used lately. */
export interface RecentMemory<Value, Name = string> {
  get(name: Name): Value | undefined;
  set(name: Name, value: Value): void;
  forget(name: Name): void;
}

/**
 * Makes a memory of at most `max` values. Two generations: when the young one is full, the old one is dropped as a whole and the young takes its
 * place; what is used moves to the young. So each step costs the same, and what is in use stays. A name may be an object, which is then kept: a `WeakMap` of many
 * entries stops the process when garbage is collected, a fifth of a second for 20,000. Does NOT look at the clock.
 */
export function createRecentMemory<Value, Name = string>(max: number): RecentMemory<Value, Name> {
  const generationMax = Math.max(1, Math.floor(max / 2));
  let young = new Map<Name, Value>();
  let old = new Map<Name, Value>();

  function set(name: Name, value: Value): void {
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
