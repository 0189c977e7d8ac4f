import type { Route } from '../../../../src/gateway/policy/policy.ts';
import { parseRoutePattern } from '../../../../src/gateway/routes/route-pattern.ts';
import { createRouteTable, type RouteTable } from '../../../../src/gateway/routes/route-table.ts';

const UPSTREAM = {
  id: 'upstream',
  origin: 'http://127.0.0.1:9001',
  audience: 'patients',
  basePath: '',
  connectTimeoutMs: 1000,
  headersTimeoutMs: 1000,
  idleTimeoutMs: 1000,
};

/** A route of this pattern, by default with the pattern as its id and every method. */
export function buildRoute(path: string, methods?: readonly string[], id = path): Route {
  const pattern = parseRoutePattern(path);
  if (!pattern.ok) throw new Error(pattern.reason);
  return {
    id,
    pattern: pattern.value,
    methods: methods === undefined ? undefined : new Set(methods),
    upstream: UPSTREAM,
    access: { kind: 'public' },
    live: false,
    forwardCredential: false,
    outlivesToken: false,
    assertion: false,
  };
}

/** The table of routes that do not conflict. */
export function buildRouteTable(...routes: readonly (string | Route)[]): RouteTable {
  const table = createRouteTable(
    routes.map((route) => (typeof route === 'string' ? buildRoute(route) : route)),
  );
  if (!table.ok) throw new Error(table.reason.map(({ message }) => message).join('\n'));
  return table.value;
}
