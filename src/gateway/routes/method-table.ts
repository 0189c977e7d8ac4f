import type { Route } from '../policy/policy.ts';

/** A route beside what matching needs of it, so that no request works it out again. */
export interface RouteEntry {
  readonly route: Route;
  /** In the order of the pattern. */
  readonly parameterNames: readonly string[];
}

/** The routes of one shape of pattern, by method. */
export interface MethodTable {
  /** Adds a route, or answers with the one that already has one of its methods; then nothing is added. */
  add(route: Route): Route | undefined;
  /** Any route of this shape, the first that was added. */
  first(): Route;
  find(method: string): RouteEntry | undefined;
  /** For `Allow`: sorted, `HEAD` where there is `GET`. */
  allowedMethods(): readonly string[];
}

// What `Allow` names for a route without a method list; other methods of the right form pass it too.
const COMMON_METHODS: readonly string[] = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];
const COMMON_METHOD_SET: ReadonlySet<string> = new Set(COMMON_METHODS);
// CONNECT would open a tunnel past the policy, TRACE would show the client the headers we add (RFC 9110, sections 9.3.6 and 9.3.8).
const NEVER: ReadonlySet<string> = new Set(['CONNECT', 'TRACE']);
// `get` is another method than `GET` (RFC 9110, section 9.1), and an upstream that folds case would read it as `GET`.
const UPPER_CASE_METHOD = /^[A-Z][A-Z0-9-]{0,31}$/;

/**
 * Creates an empty method table. A route without a method list takes every method in upper-case letters, digits and `-`;
 * CONNECT and TRACE are taken by none, even where a list names them. A route that lists HEAD keeps it beside another that lists GET.
 */
export function createMethodTable(): MethodTable {
  const routes: Route[] = [];
  const byMethod = new Map<string, RouteEntry>();
  let anyMethod: RouteEntry | undefined;

  return {
    add(route) {
      const taken = overlapping(route);
      if (taken !== undefined) return taken;
      routes.push(route);
      const entry = { route, parameterNames: parameterNamesOf(route) };
      if (route.methods === undefined) anyMethod = entry;
      else for (const method of route.methods) if (!NEVER.has(method)) byMethod.set(method, entry);
      return undefined;
    },
    first() {
      const [route] = routes;
      if (route === undefined) throw new Error('a method table is read before its first route');
      return route;
    },
    find(method) {
      if (anyMethod !== undefined) return isOrdinaryMethod(method) ? anyMethod : undefined;
      return byMethod.get(method) ?? (method === 'HEAD' ? byMethod.get('GET') : undefined);
    },
    allowedMethods() {
      if (anyMethod !== undefined) return COMMON_METHODS;
      const methods = new Set(byMethod.keys());
      if (methods.has('GET')) methods.add('HEAD');
      return [...methods].sort();
    },
  };

  function overlapping(route: Route): Route | undefined {
    const { methods } = route;
    if (methods === undefined || routes.length === 0) return routes[0];
    if (anyMethod !== undefined) return anyMethod.route;
    for (const method of methods) {
      const taken = byMethod.get(method);
      if (taken !== undefined) return taken.route;
    }
    return undefined;
  }
}

function parameterNamesOf(route: Route): readonly string[] {
  return route.pattern.segments.flatMap((segment) => (segment.kind === 'parameter' ? [segment.name] : []));
}

function isOrdinaryMethod(method: string): boolean {
  return COMMON_METHOD_SET.has(method) || (UPPER_CASE_METHOD.test(method) && !NEVER.has(method));
}
