/** Things that stand on ids, each on several, many on the same. */
export interface EntriesById<Entry> {
  add(ids: readonly string[], entry: Entry): void;
  remove(ids: readonly string[], entry: Entry): void;
  /** Those that stand on the id now: a list of its own, which later removals do not change. */
  find(id: string): readonly Entry[];
}

/** Creates an empty index. Holds nothing of an id when the last of its entries has gone. */
export function createEntriesById<Entry>(): EntriesById<Entry> {
  const byId = new Map<string, Set<Entry>>();
  return {
    add(ids, entry) {
      for (const id of ids) {
        const entries = byId.get(id);
        if (entries === undefined) byId.set(id, new Set([entry]));
        else entries.add(entry);
      }
    },
    remove(ids, entry) {
      for (const id of ids) {
        const entries = byId.get(id);
        entries?.delete(entry);
        if (entries?.size === 0) byId.delete(id);
      }
    },
    find: (id) => [...(byId.get(id) ?? [])],
  };
}
