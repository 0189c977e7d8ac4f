import type { RoutePattern } from './routes/route-pattern.ts';

/** A path of Wardgate's own: one path, or with `/**` everything at and below it. */
interface ReservedPath {
  readonly text: string;
  readonly prefix: string;
  readonly below: boolean;
}

/** Every path that belongs to Wardgate, in the notation of route patterns. */
const RESERVED_PATHS: readonly string[] = [
  '/_gateway/**',
  '/oauth/**',
  '/.well-known/jwks.json',
  '/.well-known/oauth-authorization-server/**',
  '/v1/auth/**',
  '/v1/users/**',
  '/v1/clients/**',
  '/v1/api-keys/**',
  '/v1/keys/**',
  '/v1/audit/**',
  '/internal/**',
  '/health',
  '/ready',
  '/metrics',
  '/docs',
  '/docs.json',
];

const NONE: readonly ReservedPath[] = [];
// By the character behind the first slash: most paths of a policy begin with none of them, and are done after one look.
const BY_FIRST_CHARACTER: ReadonlyMap<number, readonly ReservedPath[]> = Map.groupBy(
  RESERVED_PATHS.map(readReservedPath),
  ({ prefix }) => prefix.charCodeAt(1),
);

/** Tells whether a canonical path belongs to Wardgate. Such a path is taken before any route is asked. Letter case and a trailing slash count. */
export function isReservedPath(canonicalPath: string): boolean {
  return reservedPathOf(canonicalPath) !== undefined;
}

/**
 * The reserved path that a pattern reaches into, or `undefined`. A pattern does so when the literals it begins with lie inside of a
 * reserved path: all or some of what its author wrote could never reach his upstream. Does NOT object to broader patterns (`/**`, `/:area/**`,
 * `/v1/:kind`): reserved paths are taken first, and such a pattern means the rest.
 */
export function overlapsReservedPath(pattern: RoutePattern): string | undefined {
  let prefix = '';
  let literals = 0;
  for (const segment of pattern.segments) {
    if (segment.kind !== 'literal') break;
    prefix += `/${segment.text}`;
    literals += 1;
  }
  const reserved = reservedPathOf(prefix);
  if (reserved === undefined) return undefined;
  // A reserved single path is touched only by a pattern that matches it; `/docs/:page` does not match `/docs`.
  return reserved.below || literals === pattern.segments.length ? reserved.text : undefined;
}

function reservedPathOf(path: string): ReservedPath | undefined {
  const candidates = BY_FIRST_CHARACTER.get(path.charCodeAt(1)) ?? NONE;
  for (const candidate of candidates) {
    const { prefix } = candidate;
    if (!path.startsWith(prefix)) continue;
    if (path.length === prefix.length || (candidate.below && path[prefix.length] === '/')) return candidate;
  }
  return undefined;
}

function readReservedPath(text: string): ReservedPath {
  const below = text.endsWith('/**');
  return { text, prefix: below ? text.slice(0, -'/**'.length) : text, below };
}
