import { describe, expect, it } from 'vitest';
import type { RouteTable } from '../../../../src/gateway/routes/route-table.ts';
import { canonicalTarget } from '../../../../src/gateway/url/canonical-target.ts';
import { buildRoute, buildRouteTable } from './build-route.ts';

/** The id of the matched route, or the kind of what else there was. */
function winner(table: RouteTable, path: string, method = 'GET'): string {
  const match = table.match(path, method);
  return match.kind === 'matched' ? match.route.id : match.kind;
}

function parametersOf(table: RouteTable, path: string): Record<string, string> | undefined {
  const match = table.match(path, 'GET');
  return match.kind === 'matched' ? { ...match.parameters } : undefined;
}

describe('match, which paths a pattern matches', () => {
  it('takes /public/** for /public and everything below, and not for /publicadmin', () => {
    const table = buildRouteTable('/public/**');
    for (const path of ['/public', '/public/', '/public/a', '/public/a/b/', '/public/publicadmin'])
      expect(winner(table, path), path).toBe('/public/**');
    for (const path of ['/publicadmin', '/public.html', '/Public', '/a/public', '/', '/publi', '/public%20'])
      expect(winner(table, path), path).toBe('no_route');
  });

  it('takes a trailing slash for another path', () => {
    const table = buildRouteTable('/a', '/b/', '/c/:x', '/d/:x/');
    for (const path of ['/a', '/b/', '/c/1', '/d/1/']) expect(winner(table, path), path).not.toBe('no_route');
    for (const path of ['/a/', '/b', '/c/1/', '/d/1']) expect(winner(table, path), path).toBe('no_route');
  });

  it('takes / for the root alone, and /** for everything', () => {
    expect(winner(buildRouteTable('/'), '/')).toBe('/');
    expect(winner(buildRouteTable('/'), '/a')).toBe('no_route');
    for (const path of ['/', '/a', '/a/b/']) expect(winner(buildRouteTable('/**'), path)).toBe('/**');
  });

  it('never matches a parameter with nothing', () => {
    const table = buildRouteTable('/a/:x', '/b/:x/**', '/:x');
    for (const path of ['/a/', '/b/', '/']) expect(winner(table, path), path).toBe('no_route');
  });

  it('matches a whole segment and never a part, a substring or an expression', () => {
    const table = buildRouteTable('/a.b', '/x+/(y)', '/patients/:id');
    for (const path of ['/aXb', '/xx/y', '/a.b/c', '/z/a.b', '/patients/1/2', '/patientsx/1'])
      expect(winner(table, path), path).toBe('no_route');
    expect(winner(table, '/x+/(y)')).toBe('/x+/(y)');
  });

  it('does not fold letter case', () => {
    expect(winner(buildRouteTable('/admin'), '/Admin')).toBe('no_route');
  });

  it('is not misled by names that objects have of themselves', () => {
    const table = buildRouteTable('/a/:constructor', '/__proto__/x');
    expect(winner(table, '/constructor')).toBe('no_route');
    expect(winner(table, '/__proto__')).toBe('no_route');
    expect(winner(table, '/__proto__/x')).toBe('/__proto__/x');
    expect(winner(table, '/a/1', 'constructor')).toBe('method_not_allowed');
    expect(parametersOf(table, '/a/__proto__')).toEqual({ constructor: '__proto__' });
  });

  it('gives parameters without the properties that every object inherits', () => {
    for (const path of ['/a', '/b/1']) {
      const match = buildRouteTable('/a', '/b/:x').match(path, 'GET');
      expect(match.kind === 'matched' && match.parameters.toString).toBeUndefined();
    }
  });

  it('matches the very path that the target was read as', () => {
    const table = buildRouteTable('/admin', '/public/**');
    for (const raw of ['/%61dmin', '//admin', '/admin?x=/public', '/%61%64min?']) {
      const target = canonicalTarget(raw);
      expect(target.ok && winner(table, target.value.path), raw).toBe('/admin');
    }
  });
});

describe('match, parameters', () => {
  it('decodes them, whole, as UTF-8', () => {
    const table = buildRouteTable('/p/:id/:what/**');
    expect(parametersOf(table, '/p/J%C3%B6rg%20M/a:b+c/rest/%7B')).toEqual({ id: 'Jörg M', what: 'a:b+c' });
  });

  it('keeps no value of a branch that led nowhere', () => {
    const table = buildRouteTable('/p/:a/x/:b', '/p/:first/**', '/p/me/:c/:d/e');
    expect(parametersOf(table, '/p/1/x/')).toEqual({ first: '1' });
    expect(parametersOf(table, '/p/me/x/y')).toEqual({ a: 'me', b: 'y' });
    expect(parametersOf(table, '/p/me/x/y/e')).toEqual({ c: 'x', d: 'y' });
    expect(parametersOf(table, '/p/me/x/y/z')).toEqual({ first: 'me' });
    expect(parametersOf(table, '/p/me/x')).toEqual({ first: 'me' });
  });

  it('leaves the parameters of an earlier match as they were', () => {
    const table = buildRouteTable('/p/:id');
    const first = table.match('/p/1', 'GET');
    table.match('/p/2', 'GET');
    expect(first).toMatchObject({ parameters: { id: '1' } });
  });
});

describe('match, the most specific pattern', () => {
  it('prefers literal to parameter to tail', () => {
    const table = buildRouteTable('/p/me', '/p/:id', '/p/**', '/**');
    expect(winner(table, '/p/me')).toBe('/p/me');
    expect(winner(table, '/p/1')).toBe('/p/:id');
    expect(winner(table, '/p/me/x')).toBe('/p/**');
    expect(winner(table, '/q')).toBe('/**');
  });

  it('goes back where the more specific branch ends without a match', () => {
    const table = buildRouteTable('/a/b/c', '/a/:x/d', '/a/**', '/:y/**');
    expect(winner(table, '/a/b/d')).toBe('/a/:x/d');
    expect(winner(table, '/a/b/e')).toBe('/a/**');
    expect(winner(table, '/b/b/c')).toBe('/:y/**');
  });

  it('does not depend on the order in the file', () => {
    const paths = ['/p/me', '/p/:id', '/p/**', '/**'];
    const forwards = buildRouteTable(...paths);
    const backwards = buildRouteTable(...paths.toReversed());
    for (const path of ['/p/me', '/p/1', '/p/', '/p', '/x'])
      expect(winner(forwards, path)).toBe(winner(backwards, path));
  });
});

describe('match, methods', () => {
  it('never looks under a broader pattern for a method that the winning one lacks', () => {
    const table = buildRouteTable(buildRoute('/a/secret', ['GET']), '/a/**');
    expect(table.match('/a/secret', 'DELETE')).toEqual({
      kind: 'method_not_allowed',
      allowedMethods: ['GET', 'HEAD'],
    });
    expect(winner(table, '/a/other', 'DELETE')).toBe('/a/**');
  });

  it('tells routes of one shape apart by method, each with its own parameter names', () => {
    const table = buildRouteTable(
      buildRoute('/p/:id', ['GET'], 'read'),
      buildRoute('/p/:patientId', ['PUT', 'DELETE'], 'write'),
    );
    expect(table.match('/p/1', 'GET')).toMatchObject({ route: { id: 'read' }, parameters: { id: '1' } });
    expect(table.match('/p/1', 'PUT')).toMatchObject({
      route: { id: 'write' },
      parameters: { patientId: '1' },
    });
    expect(table.match('/p/1', 'POST')).toEqual({
      kind: 'method_not_allowed',
      allowedMethods: ['DELETE', 'GET', 'HEAD', 'PUT'],
    });
  });

  it('allows HEAD where GET is, unless another route of the shape lists HEAD itself', () => {
    expect(winner(buildRouteTable(buildRoute('/a', ['GET'])), '/a', 'HEAD')).toBe('/a');
    expect(winner(buildRouteTable(buildRoute('/a', ['POST'])), '/a', 'HEAD')).toBe('method_not_allowed');
    const table = buildRouteTable(buildRoute('/a', ['GET'], 'get'), buildRoute('/a', ['HEAD'], 'head'));
    expect(winner(table, '/a', 'HEAD')).toBe('head');
  });

  it.each(['CONNECT', 'TRACE'])('never allows %s, listed or not', (method) => {
    expect(winner(buildRouteTable('/a'), '/a', method)).toBe('method_not_allowed');
    const listed = buildRouteTable(buildRoute('/a', ['GET', 'CONNECT', 'TRACE']));
    expect(listed.match('/a', method)).toEqual({
      kind: 'method_not_allowed',
      allowedMethods: ['GET', 'HEAD'],
    });
  });

  it.each([
    'get',
    'Get',
    'gET',
    '',
    ' GET',
    'GET ',
    'G\0ET',
    'GET,POST',
    'POST\r\n',
    '*',
    '-GET',
    'GÉT',
    'M'.repeat(33),
  ])('does not take %j for a method, with or without a list', (method) => {
    expect(winner(buildRouteTable('/a'), '/a', method)).toBe('method_not_allowed');
    expect(winner(buildRouteTable(buildRoute('/a', ['GET', 'POST'])), '/a', method)).toBe(
      'method_not_allowed',
    );
  });

  it.each(['GET', 'HEAD', 'OPTIONS', 'PROPFIND', 'M-SEARCH', 'VERSION2'])(
    'takes %s on a route without a list',
    (method) => {
      expect(winner(buildRouteTable('/a'), '/a', method)).toBe('/a');
    },
  );

  it('names the common methods where a route without a list refuses one', () => {
    expect(buildRouteTable('/a').match('/a', 'TRACE')).toEqual({
      kind: 'method_not_allowed',
      allowedMethods: ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'],
    });
  });
});
