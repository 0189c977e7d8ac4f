import { ok, type Result, refused } from '../../lib/result.ts';
import { canonicalTarget } from '../url/canonical-target.ts';

/** One segment of a pattern: a fixed text (canonical form), or a named parameter. */
export type PatternSegment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'parameter'; readonly name: string };

/** A parsed route pattern: segments, and whether anything may follow (`/**`). */
export interface RoutePattern {
  /** As written in the policy file. */
  readonly text: string;
  /** What stands between the slashes. A trailing slash is an empty literal at the end, also for `/` alone; `/**` has no segment. */
  readonly segments: readonly PatternSegment[];
  readonly tail: boolean;
}

const PARAMETER_NAME = /^[A-Za-z][A-Za-z0-9_]*$/;
const TAIL = '/**';

/**
 * Reads a route's path: literal segments in canonical form, `:name` for one whole non-empty segment, and a trailing `/**` for
 * everything at and below. The reason of a refusal says what was expected. Does NOT look at other patterns, nor at reserved paths.
 */
export function parseRoutePattern(text: string): Result<RoutePattern, string> {
  if (!text.startsWith('/'))
    return refused(`expected a path that begins with "/", got ${JSON.stringify(text)}`);
  const tail = text.endsWith(TAIL);
  const path = tail ? text.slice(0, -TAIL.length) : text;
  const written = path === '' ? [] : path.slice(1).split('/');

  const segments: PatternSegment[] = [];
  const names = new Set<string>();
  for (const [index, segment] of written.entries()) {
    const trailingSlash = segment === '' && index === written.length - 1 && !tail;
    const parsed = trailingSlash ? ok({ kind: 'literal', text: '' } as const) : parseSegment(segment);
    if (!parsed.ok) return parsed;
    if (parsed.value.kind === 'parameter') {
      if (names.has(parsed.value.name))
        return refused(`expected different parameter names, got ":${parsed.value.name}" twice`);
      names.add(parsed.value.name);
    }
    segments.push(parsed.value);
  }
  return ok({ text, segments, tail });
}

function parseSegment(segment: string): Result<PatternSegment, string> {
  if (segment === '') return refused('expected one "/" between segments, got "//"');
  if (segment.startsWith(':')) {
    const name = segment.slice(1);
    return PARAMETER_NAME.test(name)
      ? ok({ kind: 'parameter', name })
      : refused(`expected a parameter as ":name" (a letter, then letters, digits or "_"), got "${segment}"`);
  }
  if (segment.includes('*'))
    return refused(
      `expected "*" only in a trailing "/**", got "${segment}"; one segment of any text is ":name"`,
    );
  // Taken as literal it would match the colon itself, which is hardly what was meant.
  if (segment.includes(':'))
    return refused(`expected a parameter to be a whole segment ("/:name"), got "${segment}"`);
  return parseLiteral(segment);
}

function parseLiteral(segment: string): Result<PatternSegment, string> {
  const target = canonicalTarget(`/${segment}`);
  // A literal that no canonical path can hold would never match, and the route would be dead without a word.
  if (!target.ok || target.value.query !== '')
    return refused(
      `expected a segment that a canonical path can hold (no dot segment, "?", "#", ";", "\\", "%2F" and the like), got "${segment}"`,
    );
  const canonical = target.value.path.slice(1);
  return canonical === segment
    ? ok({ kind: 'literal', text: segment })
    : refused(`expected the canonical form "${canonical}", got "${segment}"`);
}
