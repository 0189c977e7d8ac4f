import type { Route } from '../gateway/policy/policy.ts';
import { overlapsReservedPath } from '../gateway/reserved-paths.ts';
import { parseRoutePattern, type RoutePattern } from '../gateway/routes/route-pattern.ts';
import { createRouteTable } from '../gateway/routes/route-table.ts';
import { describeFound } from './describe-found.ts';
import { type Complain, checkUnique, looseList, looseMap } from './loose-values.ts';
import { didYouMean } from './suggest-name.ts';
import { checkConditions } from './where-checks.ts';

type LooseRoute = Readonly<Record<string, unknown>>;

// An `Authorization` that nobody looked at would reach the service beside the identity of a cookie.
const UNJUDGED_CREDENTIAL =
  'expected `bearer` among the credentials, because only a credential that was judged is handed on';

/**
 * Checks what routes demand of each other and of the rest of the file: ids and methods once, upstreams that exist, paths that are not
 * Wardgate's own and that do not contest each other, and either rules or `access: public`.
 */
export function checkRoutes(file: unknown, complain: Complain): void {
  const { routes, upstreams, credentials } = looseMap(file);
  const isBearerJudged = credentials === undefined || looseList(credentials).includes('bearer');
  const entries = looseList(routes).map(looseMap);
  const upstreamNames = Object.keys(looseMap(upstreams));
  checkUnique(
    entries.map(({ id }) => id),
    (index) => ['routes', index, 'id'],
    'each route id',
    complain,
  );
  const patterns = entries.map(({ path }) => readPattern(path));
  entries.forEach((entry, index) => {
    checkUpstream(entry, index, upstreamNames, complain);
    checkAccess(entry, index, complain);
    if (entry.forward_credential === true && !isBearerJudged)
      complain(['routes', index, 'forward_credential'], UNJUDGED_CREDENTIAL);
    checkUnique(
      looseList(entry.methods),
      (place) => ['routes', index, 'methods', place],
      'each method',
      complain,
    );
    const pattern = patterns[index];
    if (pattern !== undefined) checkPattern(pattern, entry, index, complain);
  });
  checkConflicts(entries, patterns, complain);
}

function readPattern(path: unknown): RoutePattern | undefined {
  const parsed = typeof path === 'string' ? parseRoutePattern(path) : undefined;
  return parsed?.ok === true ? parsed.value : undefined;
}

function checkUpstream(
  { upstream }: LooseRoute,
  index: number,
  names: readonly string[],
  complain: Complain,
): void {
  if (typeof upstream !== 'string' || names.includes(upstream)) return;
  const expected =
    names.length === 0 ? 'an upstream (there is none)' : `one of the upstreams ${names.join(', ')}`;
  const message = `expected ${expected}, found ${describeFound(upstream)}${didYouMean(upstream, names)}`;
  complain(['routes', index, 'upstream'], message);
}

function checkAccess({ access, allow }: LooseRoute, index: number, complain: Complain): void {
  if (access !== 'public' || allow === undefined) return;
  const message = 'expected either rules (allow) or access: public, found both';
  complain(['routes', index, 'access'], message, 'key');
}

function checkPattern(pattern: RoutePattern, { allow }: LooseRoute, index: number, complain: Complain): void {
  const reserved = overlapsReservedPath(pattern);
  if (reserved !== undefined) {
    const message = `expected a path that is not Wardgate's own (${reserved}), found ${describeFound(pattern.text)}`;
    complain(['routes', index, 'path'], message);
  }
  looseList(allow).forEach((rule, place) => {
    checkConditions(looseMap(rule).where, pattern, ['routes', index, 'allow', place, 'where'], complain);
  });
}

/** Asks the table of those routes whose paths and methods can be read; the others have problems of their own already. */
function checkConflicts(
  entries: readonly LooseRoute[],
  patterns: readonly (RoutePattern | undefined)[],
  complain: Complain,
): void {
  const indexes = new Map<Route, number>();
  entries.forEach(({ id, methods }, index) => {
    const pattern = patterns[index];
    const names = looseList(methods).filter((method) => typeof method === 'string');
    if (pattern === undefined || (methods !== undefined && names.length === 0)) return;
    const name = typeof id === 'string' ? id : `routes[${index}]`;
    indexes.set(comparableRoute(name, pattern, methods === undefined ? undefined : new Set(names)), index);
  });
  const table = createRouteTable([...indexes.keys()]);
  if (table.ok) return;
  for (const { second, message } of table.reason) {
    complain(
      ['routes', indexes.get(second) ?? 0, 'path'],
      `expected paths of which one is more specific; ${message}`,
    );
  }
}

/** A route as far as conflicts go: whom it admits and where it leads do not matter. */
function comparableRoute(id: string, pattern: RoutePattern, methods: ReadonlySet<string> | undefined): Route {
  const upstream = {
    id,
    origin: '',
    audience: id,
    basePath: '',
    connectTimeoutMs: 0,
    headersTimeoutMs: 0,
    idleTimeoutMs: 0,
  };
  const access = { kind: 'rules', rules: [] } as const;
  return {
    id,
    pattern,
    methods,
    upstream,
    access,
    live: false,
    forwardCredential: false,
    assertion: false,
    outlivesToken: false,
  };
}
