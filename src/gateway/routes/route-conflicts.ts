import type { MethodTable } from './method-table.ts';
import { type RouteNode, tablesWithin } from './route-trie.ts';

/** Two sets of routes whose patterns both match some path, neither being the more specific. */
export type AmbiguousPair = readonly [MethodTable, MethodTable];

/** Two beginnings that some path has both of, and which of them said more than the other somewhere. */
interface Pair {
  readonly left: RouteNode;
  readonly right: RouteNode;
  readonly leftAhead: boolean;
  readonly rightAhead: boolean;
}

/**
 * Finds patterns that overlap while each is more specific than the other somewhere, such as `/a/:x` and `/:y/b`. Walks the trie beside
 * itself along common beginnings only, so that patterns which no path has in common are never compared; stops after `limit` pairs.
 * Does NOT report patterns of equal shape: `addRoute()` does.
 */
export function findAmbiguousPairs(root: RouteNode, limit: number): AmbiguousPair[] {
  const found: AmbiguousPair[] = [];
  const nodes = [root];
  const pairs: Pair[] = [];

  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    const { parameter } = node;
    for (const [text, literal] of node.literals) {
      nodes.push(literal);
      // A parameter never matches an empty segment, so it has nothing in common with a trailing slash.
      if (parameter !== undefined && text !== '')
        pairs.push({ left: literal, right: parameter, leftAhead: true, rightAhead: false });
    }
    if (parameter !== undefined) nodes.push(parameter);

    for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
      for (const ambiguous of ambiguousHere(pair)) {
        found.push(ambiguous);
        if (found.length >= limit) return found;
      }
      pushChildren(pairs, pair);
    }
  }
  return found;
}

function* ambiguousHere(pair: Pair): Generator<AmbiguousPair> {
  const { left, right, leftAhead, rightAhead } = pair;
  if (leftAhead && rightAhead) {
    if (left.exact !== undefined && right.exact !== undefined) yield [left.exact, right.exact];
    if (left.tail !== undefined && right.tail !== undefined) yield [left.tail, right.tail];
  }
  // A tail matches whatever the other side has at and below this place, and all of that is more specific than a tail.
  if (rightAhead && right.tail !== undefined)
    for (const table of tablesWithin(left)) yield [table, right.tail];
  if (leftAhead && left.tail !== undefined) for (const table of tablesWithin(right)) yield [left.tail, table];
}

function pushChildren(pairs: Pair[], { left, right, leftAhead, rightAhead }: Pair): void {
  const fewer = left.literals.size <= right.literals.size ? left : right;
  for (const text of fewer.literals.keys()) {
    const leftChild = left.literals.get(text);
    const rightChild = right.literals.get(text);
    if (leftChild !== undefined && rightChild !== undefined)
      pairs.push({ left: leftChild, right: rightChild, leftAhead, rightAhead });
  }
  if (right.parameter !== undefined)
    for (const [text, child] of left.literals)
      if (text !== '') pairs.push({ left: child, right: right.parameter, leftAhead: true, rightAhead });
  if (left.parameter !== undefined)
    for (const [text, child] of right.literals)
      if (text !== '') pairs.push({ left: left.parameter, right: child, leftAhead, rightAhead: true });
  if (left.parameter !== undefined && right.parameter !== undefined)
    pairs.push({ left: left.parameter, right: right.parameter, leftAhead, rightAhead });
}
