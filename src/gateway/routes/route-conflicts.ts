import type { MethodTable } from './method-table.ts';
import { type RouteNode, tablesWithin } from './route-trie.ts';

/** Two sets of routes whose patterns both match some path, neither being the more specific. */
export type AmbiguousPair = readonly [MethodTable, MethodTable];

/** Beginnings of patterns: each on the left has some path in common with each on the right. */
interface Encounter {
  readonly left: readonly RouteNode[];
  readonly right: readonly RouteNode[];
  /** Whether those on the left said more than those on the right at some place. */
  readonly leftAhead: boolean;
  readonly rightAhead: boolean;
}

/**
 * Finds patterns that overlap while each is more specific than the other somewhere, such as `/a/:x` and `/:y/b`. Walks the trie beside
 * itself, all beginnings that behave alike at once: comparing patterns by pairs would be quadratic. Stops after `limit` pairs.
 * Does NOT report patterns of equal shape: `addRoute()` does.
 */
export function findAmbiguousPairs(root: RouteNode, limit: number): AmbiguousPair[] {
  const found: AmbiguousPair[] = [];
  const nodes = [root];
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    const { literals, parameter } = node;
    for (const child of childrenOf(node)) nodes.push(child);
    if (parameter === undefined) continue;
    const left = nonEmptyLiterals(literals);
    const open: Encounter[] = [{ left, right: [parameter], leftAhead: true, rightAhead: false }];
    for (let encounter = open.pop(); encounter !== undefined; encounter = open.pop()) {
      for (const pair of ambiguousHere(encounter)) {
        if (found.length >= limit) return found;
        found.push(pair);
      }
      for (const next of nextEncounters(encounter)) open.push(next);
    }
  }
  return found;
}

function* ambiguousHere({ left, right, leftAhead, rightAhead }: Encounter): Generator<AmbiguousPair> {
  if (leftAhead && rightAhead) {
    for (const one of tablesOf(left, 'exact'))
      for (const other of tablesOf(right, 'exact')) yield [one, other];
    for (const one of tablesOf(left, 'tail')) for (const other of tablesOf(right, 'tail')) yield [one, other];
  }
  // A tail matches whatever the other side has at and below this place, and all of that is more specific than a tail.
  if (rightAhead)
    for (const tail of tablesOf(right, 'tail'))
      for (const node of left) for (const table of tablesWithin(node)) yield [table, tail];
  if (leftAhead)
    for (const tail of tablesOf(left, 'tail'))
      for (const node of right) for (const table of tablesWithin(node)) yield [tail, table];
}

/** What comes one segment further: equal literals meet, parameters meet, and a parameter meets every literal but the empty one. */
function nextEncounters({ left, right, leftAhead, rightAhead }: Encounter): Encounter[] {
  const leftLiterals = literalsByText(left);
  const rightLiterals = literalsByText(right);
  const leftParameters = parametersOf(left);
  const rightParameters = parametersOf(right);
  const next: Encounter[] = [
    { left: leftParameters, right: rightParameters, leftAhead, rightAhead },
    { left: nonEmptyLiterals(leftLiterals).flat(), right: rightParameters, leftAhead: true, rightAhead },
    { left: leftParameters, right: nonEmptyLiterals(rightLiterals).flat(), leftAhead, rightAhead: true },
  ];
  for (const [text, nodes] of leftLiterals)
    next.push({ left: nodes, right: rightLiterals.get(text) ?? [], leftAhead, rightAhead });
  return next.filter((encounter) => encounter.left.length > 0 && encounter.right.length > 0);
}

function literalsByText(nodes: readonly RouteNode[]): ReadonlyMap<string, readonly RouteNode[]> {
  const byText = new Map<string, RouteNode[]>();
  for (const { literals } of nodes) {
    for (const [text, node] of literals) {
      const alike = byText.get(text);
      if (alike === undefined) byText.set(text, [node]);
      else alike.push(node);
    }
  }
  return byText;
}

function nonEmptyLiterals<Found>(literals: ReadonlyMap<string, Found>): Found[] {
  return [...literals].flatMap(([text, found]) => (text === '' ? [] : [found]));
}

function childrenOf({ literals, parameter }: RouteNode): RouteNode[] {
  return parameter === undefined ? [...literals.values()] : [...literals.values(), parameter];
}

function parametersOf(nodes: readonly RouteNode[]): RouteNode[] {
  return nodes.flatMap(({ parameter }) => (parameter === undefined ? [] : [parameter]));
}

function tablesOf(nodes: readonly RouteNode[], place: 'exact' | 'tail'): MethodTable[] {
  return nodes.flatMap((node) => node[place] ?? []);
}
