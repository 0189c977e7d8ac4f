import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { traefikDialect } from '../../../src/gateway/forward-auth/traefik-dialect.ts';
import {
  IDENTITY_HEADER_NAMES,
  isIdentityHeaderName,
} from '../../../src/gateway/identity-headers/identity-header-names.ts';

const FILE = new URL('../../../gateway-config/proxies/traefik/dynamic.yaml', import.meta.url);
const { http } = parse(await readFile(FILE, 'utf8'));
const { forwardAuth } = http.middlewares['ask-wardgate'];

/** Go's `(?i)` in front is JavaScript's flag. */
const identityNames = new RegExp(forwardAuth.authResponseHeadersRegex.replace('(?i)', ''), 'i');

function spellings(name: string): readonly string[] {
  const [first = '', ...rest] = name.split('-');
  return rest.reduce(
    (found, part) => found.flatMap((text) => ['-', '_'].map((joint) => `${text}${joint}${part}`)),
    [first],
  );
}

describe('the Traefik configuration that ships', () => {
  it('asks at the path of the dialect, and believes no client', () => {
    expect(new URL(forwardAuth.address).pathname).toBe(traefikDialect.path);
    expect(forwardAuth.trustForwardHeader).toBe(false);
  });

  it('takes every spelling of an identity header from Wardgate alone', () => {
    const all = IDENTITY_HEADER_NAMES.flatMap(spellings);
    expect(all.filter((name) => !identityNames.test(name))).toEqual([]);
    expect(all.every(isIdentityHeaderName)).toBe(true);
    expect(
      ['x-user-idea', 'xx-user-id', 'x-user', 'user-id'].filter((name) => identityNames.test(name)),
    ).toEqual([]);
  });

  it('keeps the credential from the services', () => {
    expect(forwardAuth.authResponseHeaders).toEqual(
      expect.arrayContaining(['Authorization', 'Cookie', 'X-Api-Key']),
    );
  });

  it("guards every router but that of Wardgate's own pages, which leaves out the forward-auth paths", () => {
    const guards = ['guarded', 'guarded-websocket'];
    for (const guard of guards) expect(http.middlewares[guard].chain.middlewares.at(-1)).toBe('ask-wardgate');
    const unguarded = Object.entries<{ middlewares: string[]; rule: string }>(http.routers).filter(
      ([, router]) => !router.middlewares.some((name) => guards.includes(name)),
    );
    expect(unguarded.map(([name]) => name)).toEqual(['wardgate']);
    expect(unguarded[0]?.[1].rule).not.toContain('_gateway');
  });
});
