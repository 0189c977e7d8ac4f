import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readOriginal } from '../../../../src/gateway/forward-auth/read-original.ts';

const NAMES = { method: 'x-forwarded-method', target: 'x-forwarded-uri' };

function read(...headers: string[]) {
  return readOriginal(headers, NAMES);
}

function readTarget(target: string) {
  return read('X-Forwarded-Method', 'GET', 'X-Forwarded-Uri', target);
}

describe('readOriginal', () => {
  it('reads method and target whatever the case of the names', () => {
    expect(read('x-FORWARDED-method', 'DELETE', 'X-forwarded-URI', '/a?b=c,d')).toEqual({
      ok: true,
      value: { method: 'DELETE', target: '/a?b=c,d' },
    });
  });

  it.each([
    ['the method', ['X-Forwarded-Uri', '/a']],
    ['the target', ['X-Forwarded-Method', 'GET']],
    ['both', []],
  ])('says that %s is missing', (_what, headers) => {
    expect(read(...headers)).toEqual({ ok: false, reason: 'dialect_header_missing' });
  });

  it.each([
    'X_Forwarded_Uri',
    'X-Forwarded_Uri',
    'X_Forwarded-Uri',
    'X-Original-URI',
    'X-Original-URL',
    'X-Rewrite-URL',
  ])('does not take %s for the target', (name) => {
    expect(read('X-Forwarded-Method', 'GET', name, '/public')).toEqual({
      ok: false,
      reason: 'dialect_header_missing',
    });
    expect(read('X-Forwarded-Method', 'GET', name, '/public', 'X-Forwarded-Uri', '/secret')).toMatchObject({
      value: { target: '/secret' },
    });
  });

  it.each([
    ['X-Forwarded-Uri', '/public'],
    ['x-forwarded-uri', '/a'],
    ['X-FORWARDED-METHOD', 'GET'],
  ])('refuses a second %s, even when it says the same', (name, value) => {
    expect(read('X-Forwarded-Method', 'GET', 'X-Forwarded-Uri', '/a', name, value)).toEqual({
      ok: false,
      reason: 'header_repeated',
    });
  });

  it('takes a comma in the method for two joined fields', () => {
    expect(read('X-Forwarded-Method', 'GET, POST', 'X-Forwarded-Uri', '/a')).toEqual({
      ok: false,
      reason: 'header_repeated',
    });
  });

  it.each([
    '',
    '*',
    'public',
    '?x=/public',
    'https://gateway.example/public',
    'https://user@gateway.example/public',
    'gateway.example:443',
    '/secret#/public',
    '/public?x#y',
    '/public, /secret',
    '/public\t',
    '/pub\0lic',
    '//evil.example/public',
    '/public//admin',
    '/.//admin',
    '\\public',
  ])('refuses the target %j', (target) => {
    expect(readTarget(target)).toEqual({ ok: false, reason: 'dialect_header_malformed' });
  });

  it.each([
    '/',
    '/?',
    '/a/',
    '/a?next=//b',
    '/a?rd=https://evil.example/',
    "/a;b='c',d",
    '/caf\u00c3\u00a9',
    '/%2e%2e/',
  ])('hands on the target %j as it is, for the one reader of targets to judge', (target) => {
    expect(readTarget(target)).toEqual({ ok: true, value: { method: 'GET', target } });
  });

  it.each(['', 'GET ', 'G\u00c9T', 'GET/1.1', '"GET"'])('refuses the method %j', (method) => {
    expect(read('X-Forwarded-Method', method, 'X-Forwarded-Uri', '/a')).toEqual({
      ok: false,
      reason: 'dialect_header_malformed',
    });
  });

  it('gives the target unaltered or not at all, and never one with a fragment or an empty segment', () => {
    const part = fc.constantFrom('/', '//', '#', '?', '%2F', ';', '..', 'a', ' ', '\0', '\u00e9', '\u2028');
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const target = `/${parts.join('')}`;
        const outcome = readTarget(target);
        if (outcome.ok) expect(outcome.value.target).toBe(target);
        if (/[# \0\u2028]|^[^?]*\/\//.test(target)) expect(outcome.ok).toBe(false);
      }),
    );
  });

  it('finds nothing but the two names among any headers', () => {
    const name = fc.stringMatching(/^[Xx][-_](Forwarded|Original)[-_](Uri|URL|Method)$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.constant('/public'))), (fields) => {
        const named = fields.filter(([field]) => field.toLowerCase() === NAMES.target);
        const outcome = read('X-Forwarded-Method', 'GET', ...fields.flat());
        if (named.length === 0) expect(outcome.ok).toBe(false);
      }),
    );
  });
});
