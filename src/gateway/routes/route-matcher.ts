import type { Route } from '../policy/policy.ts';
import type { MethodTable } from './method-table.ts';
import type { RouteNode } from './route-trie.ts';

/** What the routes say to a path and a method. */
export type RouteMatch =
  | { readonly kind: 'matched'; readonly route: Route; readonly parameters: Readonly<Record<string, string>> }
  | { readonly kind: 'no_route' }
  /** The path is known, the method is not; the methods are those of the winning pattern, sorted. */
  | { readonly kind: 'method_not_allowed'; readonly allowedMethods: readonly string[] };

const NO_ROUTE: RouteMatch = { kind: 'no_route' };
const NO_PARAMETERS: Readonly<Record<string, string>> = Object.freeze(Object.create(null));

/** Creates the matching function of a trie in which no two patterns could both win. Does NOT check that. */
export function createRouteMatcher(root: RouteNode): (path: string, method: string) => RouteMatch {
  // Patterns without parameters are the most specific of all: one look-up of the whole path finds them.
  const fixedPaths = collectFixedPaths(root);
  // Filled anew by each match, which never waits for anything: values of parameters by their order.
  const values: string[] = [];

  return (path, method) => {
    const table = fixedPaths.get(path) ?? find(root, path, 1, 0, values);
    if (table === undefined) return NO_ROUTE;
    const entry = table.find(method);
    if (entry === undefined) return { kind: 'method_not_allowed', allowedMethods: table.allowedMethods() };
    const names = entry.parameterNames;
    const parameters = names.length === 0 ? NO_PARAMETERS : decodedParameters(names, values);
    return { kind: 'matched', route: entry.route, parameters };
  };
}

/**
 * Literal before parameter before tail, with a way back where the more specific branch ends without a match. As no two patterns could
 * both win, the first match found is the most specific of all.
 */
function find(
  node: RouteNode,
  path: string,
  start: number,
  depth: number,
  values: string[],
): MethodTable | undefined {
  if (start > path.length) return node.exact ?? node.tail;
  const { literals, parameter } = node;
  if (literals.size > 0 || parameter !== undefined) {
    const slash = path.indexOf('/', start);
    const end = slash === -1 ? path.length : slash;
    const segment = path.slice(start, end);
    const literal = literals.get(segment);
    if (literal !== undefined) {
      const found = find(literal, path, end + 1, depth, values);
      if (found !== undefined) return found;
    }
    if (parameter !== undefined && segment !== '') {
      // Deeper branches write behind this place only, so a way back never leaves a wrong value before it.
      values[depth] = segment;
      const found = find(parameter, path, end + 1, depth + 1, values);
      if (found !== undefined) return found;
    }
  }
  return node.tail;
}

function decodedParameters(names: readonly string[], values: readonly string[]): Record<string, string> {
  const parameters: Record<string, string> = Object.create(null);
  for (let index = 0; index < names.length; index++) {
    const value = values[index] ?? '';
    parameters[names[index] ?? ''] = value.includes('%') ? decodeURIComponent(value) : value;
  }
  return parameters;
}

function collectFixedPaths(root: RouteNode): ReadonlyMap<string, MethodTable> {
  const fixedPaths = new Map<string, MethodTable>();
  const open: { node: RouteNode; path: string }[] = [{ node: root, path: '' }];
  for (let top = open.pop(); top !== undefined; top = open.pop()) {
    if (top.node.exact !== undefined) fixedPaths.set(top.path, top.node.exact);
    for (const [text, node] of top.node.literals) open.push({ node, path: `${top.path}/${text}` });
  }
  return fixedPaths;
}
