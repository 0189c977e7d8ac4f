import type { Timer } from '../../../lib/durations.ts';

/** Things that each have the same time from when they are added. */
export interface Deadlines<Item> {
  add(item: Item): void;
  remove(item: Item): void;
}

/**
 * Makes deadlines with one timer for all, because a timer for each request costs more than what it guards. What is not removed within its time is expired, at
 * most a few milliseconds late. Durations are milliseconds; `clock` only grows.
 */
export function createDeadlines<Item>(
  withinMs: number,
  { clock, timer }: { readonly clock: () => number; readonly timer: Timer },
  expire: (item: Item) => void,
): Deadlines<Item> {
  // In the order of their adding, which is that of their ends.
  const ends = new Map<Item, number>();
  let isTimed = false;

  function wait(ms: number): void {
    isTimed = true;
    timer(expireDue, ms);
  }

  function expireDue(): void {
    isTimed = false;
    const now = clock();
    for (const [item, end] of ends) {
      if (end > now) {
        wait(end - now);
        return;
      }
      ends.delete(item);
      expire(item);
    }
  }

  return {
    add(item) {
      ends.set(item, clock() + withinMs);
      if (!isTimed) wait(withinMs);
    },
    remove: (item) => ends.delete(item),
  };
}
