/**
 * Creates a memory of the order in which keys were used, with at most so many of them: the function returned tells of a use. The key that was used
 * the longest ago is forgotten, which `onForgotten` is told.
 */
export function createRecentKeys(
  keysMax: number,
  onForgotten: (key: string | number) => void,
): (key: string | number) => void {
  const recent = new Set<string | number>();
  // One iterator for all time: a new one would walk past every key that was deleted before, a tenth of a millisecond in a flood.
  const oldestFirst = recent.values();
  return (key) => {
    recent.delete(key);
    recent.add(key);
    if (recent.size <= keysMax) return;
    const oldest = oldestFirst.next();
    if (oldest.done === true) return;
    recent.delete(oldest.value);
    onForgotten(oldest.value);
  };
}
