import { ok, type Result, refused } from '../../lib/result.ts';
import type { Route } from '../policy/policy.ts';
import type { MethodTable } from './method-table.ts';
import { findAmbiguousPairs } from './route-conflicts.ts';
import { createRouteMatcher, type RouteMatch } from './route-matcher.ts';
import type { RoutePattern } from './route-pattern.ts';
import { addRoute, createRouteNode } from './route-trie.ts';

/** Two routes that could both win a request. */
export interface RouteConflict {
  /** The one that stands first in the policy file. */
  readonly first: Route;
  readonly second: Route;
  readonly message: string;
}

/** All routes of a policy, ready to be asked. */
export interface RouteTable {
  /**
   * Finds the route of a canonical path (as `canonicalTarget()` makes it; another one may throw) and a method. The time taken depends on the path's length,
   * not on the number of routes. Parameters are percent-decoded, in an object without prototype.
   */
  match(path: string, method: string): RouteMatch;
}

// Enough to see what is wrong; a mistaken generator of policy files can make millions of pairs.
const CONFLICTS_MAX = 100;

/**
 * Creates the table, or lists the routes that could both win (at most 100 pairs). The most specific pattern wins: it matches only a part of what the other
 * matches (a literal says more than a parameter, that more than a tail). The path decides first, the method after it: a method that the
 * winning pattern lacks is never looked for under a broader one. Does NOT know reserved paths.
 */
export function createRouteTable(routes: readonly Route[]): Result<RouteTable, readonly RouteConflict[]> {
  const root = createRouteNode();
  const conflicts: RouteConflict[] = [];
  for (const route of routes) {
    const taken = addRoute(root, route);
    if (taken !== undefined && conflicts.length < CONFLICTS_MAX) conflicts.push(sameShape(taken, route));
  }

  const positions = new Map(routes.map((route, index) => [route, index]));
  const inOrder = (tables: readonly [MethodTable, MethodTable]): RouteConflict => {
    const [left, right] = [tables[0].first(), tables[1].first()];
    const leftFirst = (positions.get(left) ?? 0) <= (positions.get(right) ?? 0);
    return leftFirst ? ambiguous(left, right) : ambiguous(right, left);
  };
  conflicts.push(...findAmbiguousPairs(root, CONFLICTS_MAX - conflicts.length).map(inOrder));
  return conflicts.length > 0 ? refused(conflicts) : ok({ match: createRouteMatcher(root) });
}

function sameShape(first: Route, second: Route): RouteConflict {
  const message = `routes "${first.id}" (${first.pattern.text}) and "${second.id}" (${second.pattern.text}) match the same paths and share a method`;
  return { first, second, message };
}

function ambiguous(first: Route, second: Route): RouteConflict {
  const both = pathOfBoth(first.pattern, second.pattern);
  const message = `routes "${first.id}" (${first.pattern.text}) and "${second.id}" (${second.pattern.text}) both match ${both}, and neither is more specific`;
  return { first, second, message };
}

/** A path that two overlapping patterns both match, to show the conflict by. */
function pathOfBoth(first: RoutePattern, second: RoutePattern): string {
  const count = Math.max(first.segments.length, second.segments.length);
  let path = '';
  for (let index = 0; index < count; index++) {
    const segments = [first.segments[index], second.segments[index]];
    const literal = segments.find((segment) => segment?.kind === 'literal');
    path += `/${literal?.kind === 'literal' ? literal.text : 'x'}`;
  }
  return path === '' ? '/' : path;
}
