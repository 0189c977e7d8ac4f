import { createIdTable, type IdTable } from './id-table.ts';

/**
 * Creates a table whose times say nothing of how long they are needed: what is set is kept for `keepSeconds` from then on, and for twice as long at most. It holds two tables, of which the younger
 * takes the place of the older each time that these have passed. `elapsedSeconds` only grows.
 */
export function createAgedIdTable(elapsedSeconds: () => number, keepSeconds: number): IdTable {
  const createEmpty = () => createIdTable(() => 0);
  let young = createEmpty();
  let old = createEmpty();
  let begunAt = elapsedSeconds();
  return {
    size: () => young.size() + old.size(),
    set: (id, seconds) => young.set(id, seconds),
    get: (id) => Math.max(young.get(id), old.get(id)),
    forgetSome() {
      if (elapsedSeconds() - begunAt <= keepSeconds) return;
      old = young;
      young = createEmpty();
      begunAt = elapsedSeconds();
    },
  };
}
