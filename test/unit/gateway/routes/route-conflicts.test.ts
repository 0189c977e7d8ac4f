import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Route } from '../../../../src/gateway/policy/policy.ts';
import type { RoutePattern } from '../../../../src/gateway/routes/route-pattern.ts';
import { createRouteTable } from '../../../../src/gateway/routes/route-table.ts';
import { buildRoute } from './build-route.ts';

/** The ids of each pair of conflicting routes. */
function conflictsOf(...routes: readonly (string | Route)[]): string[][] {
  const table = createRouteTable(
    routes.map((route) => (typeof route === 'string' ? buildRoute(route) : route)),
  );
  return table.ok ? [] : table.reason.map(({ first, second }) => [first.id, second.id]);
}

describe('createRouteTable, conflicts', () => {
  it.each([
    ['/a/:x', '/:y/b'],
    ['/:y/b', '/a/:x'],
    ['/a/:x/c/:z', '/a/b/:y/d'],
    ['/:x/b/**', '/a/**'],
    ['/a/**', '/:x/b'],
    ['/a/**', '/:x/b/c/d'],
    ['/a/:x/**', '/:y/b/**'],
    ['/:x', '/public/**'],
    ['/:x/', '/public/**'],
  ])('refuses %s beside %s: each is more specific somewhere', (first, second) => {
    expect(conflictsOf(first, second)).toEqual([[first, second]]);
  });

  it.each([
    ['/a/b', '/a/:x'],
    ['/a/:x', '/a/**'],
    ['/a/:x/**', '/**'],
    ['/a/:x', '/:y/:z'],
    ['/a/:x/c', '/:y/b/d'],
    ['/a/:x', '/:y/b/c'],
    ['/a/', '/:x/**'],
    ['/a/', '/:x/:y'],
    ['/a', '/a/'],
    ['/', '/:x'],
    ['/a/:x', '/a/'],
    ['/:x/b', '/a/'],
  ])('takes %s beside %s', (first, second) => {
    expect(conflictsOf(first, second)).toEqual([]);
    expect(conflictsOf(second, first)).toEqual([]);
  });

  it('does not let different methods excuse two patterns of which neither is more specific', () => {
    expect(conflictsOf(buildRoute('/a/:x', ['GET']), buildRoute('/:y/b', ['POST']))).toHaveLength(1);
  });

  it('refuses equal shapes whatever their parameters are called, unless they share no method', () => {
    expect(conflictsOf('/a/:x', '/a/:y')).toEqual([['/a/:x', '/a/:y']]);
    expect(conflictsOf(buildRoute('/a', ['GET'], 'one'), buildRoute('/a', undefined, 'two'))).toEqual([
      ['one', 'two'],
    ]);
    expect(conflictsOf(buildRoute('/a', undefined, 'one'), buildRoute('/a', ['GET'], 'two'))).toEqual([
      ['one', 'two'],
    ]);
    expect(
      conflictsOf(buildRoute('/a', ['GET', 'PUT'], 'one'), buildRoute('/a', ['PUT'], 'two')),
    ).toHaveLength(1);
    expect(conflictsOf(buildRoute('/a/**', ['GET'], 'one'), buildRoute('/a/**', ['PUT'], 'two'))).toEqual([]);
  });

  it('names both routes and a path that both match', () => {
    const table = createRouteTable([
      buildRoute('/:y/b', undefined, 'later'),
      buildRoute('/a/**', undefined, 'sooner'),
    ]);
    expect(table.ok ? '' : table.reason[0]?.message).toBe(
      'routes "later" (/:y/b) and "sooner" (/a/**) both match /a/b, and neither is more specific',
    );
  });

  it('reports every conflict of a file at once', () => {
    const conflicts = conflictsOf('/a/:x', '/:y/b', '/c', '/c', '/d/:x', '/ok').map(String);
    expect(conflicts.sort()).toEqual(['/:y/b,/d/:x', '/a/:x,/:y/b', '/c,/c']);
  });

  it('stops at a hundred', () => {
    const routes = Array.from({ length: 300 }, (_, index) => `/p${index}/:x`);
    expect(conflictsOf('/:y/b', ...routes)).toHaveLength(100);
    expect(conflictsOf(...Array.from({ length: 300 }, () => '/same'))).toHaveLength(100);
  });
});

describe('createRouteTable with ten thousand routes', () => {
  it.each([
    ['services', (index: number) => `/service-${index}/:id/**`],
    ['kinds below a parameter', (index: number) => `/:tenant/kind-${index}/items`],
    ['one deep path each', (index: number) => `/a/b/c/d/${index}/:x/e/${index}`],
    ['both ends', (index: number) => (index % 2 ? `/left-${index}/:x/end` : `/:y/right-${index}/stop`)],
  ])('takes them and finds the right one: %s', (_, pathOf) => {
    const table = createRouteTable(Array.from({ length: 10_000 }, (_, index) => buildRoute(pathOf(index))));
    const wanted = pathOf(6789);
    const match =
      table.ok && table.value.match(wanted.replace(/:\w+/g, 'value').replace('/**', '/below'), 'GET');
    expect(match).toMatchObject({ kind: 'matched', route: { id: wanted } });
  });
});

describe('createRouteTable beside a model that tries every path', () => {
  const segments = ['a', 'b', 'z'];
  const paths = pathsUpTo(5);

  function pathsUpTo(depth: number): string[] {
    const beginnings: string[] = [''];
    for (let from = 0, level = 0; level < depth; level++) {
      const to = beginnings.length;
      for (; from < to; from++)
        for (const segment of segments) beginnings.push(`${beginnings[from]}/${segment}`);
    }
    return beginnings.flatMap((path) => (path === '' ? ['/'] : [path, `${path}/`]));
  }

  function matches(pattern: RoutePattern, path: string): boolean {
    const parts = path.slice(1).split('/');
    if (pattern.tail ? parts.length < pattern.segments.length : parts.length !== pattern.segments.length)
      return false;
    return pattern.segments.every((segment, index) =>
      segment.kind === 'literal' ? segment.text === parts[index] : parts[index] !== '',
    );
  }

  const pattern = fc
    .tuple(fc.array(fc.constantFrom('/a', '/b', '/:'), { maxLength: 3 }), fc.constantFrom('', '', '/', '/**'))
    .map(([parts, end]) => parts.map((part, index) => (part === '/:' ? `/:p${index}` : part)).join('') + end)
    .map((path) => (path === '' ? '/' : path));

  it('refuses just the files in which two patterns overlap and neither is within the other, and else finds the narrowest', () => {
    fc.assert(
      fc.property(fc.uniqueArray(pattern, { minLength: 1, maxLength: 6 }), (texts) => {
        const routes = texts.map((text) => buildRoute(text));
        const matched = routes.map((route) => new Set(paths.filter((path) => matches(route.pattern, path))));
        const conflicting = matched.flatMap((mine, index) =>
          matched
            .slice(index + 1)
            .map((theirs, offset) => ({ mine, theirs, pair: [index, index + 1 + offset] })),
        );
        const expected = conflicting
          .filter(({ mine, theirs }) => !mine.isDisjointFrom(theirs))
          .filter(({ mine, theirs }) => !mine.isSubsetOf(theirs) && !theirs.isSubsetOf(mine))
          .map(({ pair }) => pair.map((index) => texts[index]));

        const table = createRouteTable(routes);
        const found = table.ok ? [] : table.reason.map(({ first, second }) => [first.id, second.id]);
        expect(found.map(String).sort()).toEqual(expected.map(String).sort());
        if (!table.ok) return;
        for (const path of paths) {
          const candidates = routes.filter((_, index) => matched[index]?.has(path));
          const sizes = new Map(routes.map((route, index) => [route, matched[index]?.size ?? 0]));
          const [narrowest] = candidates.toSorted(
            (one, other) => (sizes.get(one) ?? 0) - (sizes.get(other) ?? 0),
          );
          const match = table.value.match(path, 'GET');
          expect(match.kind === 'matched' ? match.route.id : undefined, path).toBe(narrowest?.id);
        }
      }),
      { numRuns: 150 },
    );
  });
});
