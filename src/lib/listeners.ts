/** Those who want to hear of something inside one process. */
export interface Listeners<Value> {
  /** Calls the listener with each value from now on; answers with a function that stops it. */
  add(listener: (value: Value) => void): () => void;
  tell(value: Value): void;
}

/** Creates an empty set of listeners. One that throws is told of by `onFailure` and keeps neither the others nor the teller from going on. */
export function createListeners<Value>(onFailure: (value: Value) => void): Listeners<Value> {
  const listeners = new Set<(value: Value) => void>();
  return {
    add(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    tell(value) {
      for (const listener of listeners) {
        try {
          listener(value);
        } catch {
          onFailure(value);
        }
      }
    },
  };
}
