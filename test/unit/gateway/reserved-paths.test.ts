import { describe, expect, it } from 'vitest';
import { isReservedPath, overlapsReservedPath } from '../../../src/gateway/reserved-paths.ts';
import { parseRoutePattern } from '../../../src/gateway/routes/route-pattern.ts';

function overlapOf(text: string): string | undefined {
  const pattern = parseRoutePattern(text);
  if (!pattern.ok) throw new Error(pattern.reason);
  return overlapsReservedPath(pattern.value);
}

describe('isReservedPath', () => {
  it.each([
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
  ])('takes %s', (reserved) => {
    const below = reserved.endsWith('/**');
    const path = below ? reserved.slice(0, -3) : reserved;
    expect(isReservedPath(path)).toBe(true);
    expect(isReservedPath(`${path}/`)).toBe(below);
    expect(isReservedPath(`${path}/a/b`)).toBe(below);
    expect(isReservedPath(`${path}x`)).toBe(false);
    expect(isReservedPath(path.slice(0, -1))).toBe(false);
    expect(isReservedPath(`/x${path}`)).toBe(false);
    expect(isReservedPath(path.toUpperCase())).toBe(false);
  });

  it.each([
    '/',
    '/v1',
    '/v1/',
    '/v1/authx',
    '/doctors',
    '/docs.jso',
    '/.well-known',
    '/.well-known/acme-challenge/x',
    '/readyz',
  ])('leaves %s to the routes', (path) => {
    expect(isReservedPath(path)).toBe(false);
  });
});

describe('overlapsReservedPath', () => {
  it.each([
    ['/oauth', '/oauth/**'],
    ['/oauth/**', '/oauth/**'],
    ['/oauth/:what', '/oauth/**'],
    ['/v1/auth/sessions', '/v1/auth/**'],
    ['/v1/auth/:x/**', '/v1/auth/**'],
    ['/_gateway/auth/nginx', '/_gateway/**'],
    ['/internal/', '/internal/**'],
    ['/health', '/health'],
    ['/health/**', '/health'],
    ['/docs.json', '/docs.json'],
    ['/.well-known/jwks.json/**', '/.well-known/jwks.json'],
  ])('says that %s reaches into %s', (text, reserved) => {
    expect(overlapOf(text)).toBe(reserved);
  });

  it.each([
    '/',
    '/**',
    '/:area/**',
    '/:page',
    '/v1/**',
    '/v1/:kind',
    '/v1/:kind/me',
    '/health/live',
    '/docs/:page',
    '/.well-known/**',
    '/doctors/**',
  ])('does not object to %s', (text) => {
    expect(overlapOf(text)).toBeUndefined();
  });
});
