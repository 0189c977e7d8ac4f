import type { Route } from '../policy/policy.ts';
import { createMethodTable, type MethodTable } from './method-table.ts';
import type { RoutePattern } from './route-pattern.ts';

/** A node of the trie of patterns: what stands below one beginning. */
export interface RouteNode {
  /** Maps, not objects: a segment may be called `__proto__`. */
  readonly literals: Map<string, RouteNode>;
  parameter: RouteNode | undefined;
  /** The routes whose pattern ends here. */
  exact: MethodTable | undefined;
  /** The routes whose pattern ends here with `/**`. */
  tail: MethodTable | undefined;
}

/** Creates an empty node. */
export function createRouteNode(): RouteNode {
  return { literals: new Map(), parameter: undefined, exact: undefined, tail: undefined };
}

/** Adds a route at its pattern's place, or answers with the route of the same shape that has one of its methods already. */
export function addRoute(root: RouteNode, route: Route): Route | undefined {
  return methodTableAt(root, route.pattern).add(route);
}

function methodTableAt(root: RouteNode, pattern: RoutePattern): MethodTable {
  let node = root;
  for (const segment of pattern.segments) {
    if (segment.kind === 'parameter') {
      node.parameter ??= createRouteNode();
      node = node.parameter;
    } else {
      let next = node.literals.get(segment.text);
      if (next === undefined) {
        next = createRouteNode();
        node.literals.set(segment.text, next);
      }
      node = next;
    }
  }
  if (pattern.tail) {
    node.tail ??= createMethodTable();
    return node.tail;
  }
  node.exact ??= createMethodTable();
  return node.exact;
}

/** The method tables at and below a node, but not the node's own `/**`. */
export function* tablesWithin(node: RouteNode): Generator<MethodTable> {
  if (node.exact !== undefined) yield node.exact;
  const children =
    node.parameter === undefined ? node.literals.values() : [...node.literals.values(), node.parameter];
  for (const child of children) {
    if (child.tail !== undefined) yield child.tail;
    yield* tablesWithin(child);
  }
}
