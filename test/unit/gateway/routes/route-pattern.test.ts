import { describe, expect, it } from 'vitest';
import { parseRoutePattern } from '../../../../src/gateway/routes/route-pattern.ts';

const literal = (text: string) => ({ kind: 'literal', text });
const parameter = (name: string) => ({ kind: 'parameter', name });

describe('parseRoutePattern', () => {
  it.each([
    ['/', [literal('')], false],
    ['/**', [], true],
    ['/alerts/stream', [literal('alerts'), literal('stream')], false],
    ['/alerts/', [literal('alerts'), literal('')], false],
    ['/patients/:patientId/**', [literal('patients'), parameter('patientId')], true],
    ['/:a/:b_2', [parameter('a'), parameter('b_2')], false],
    ['/:constructor', [parameter('constructor')], false],
    ['/J%C3%B6rg', [literal('J%C3%B6rg')], false],
    ['/__proto__', [literal('__proto__')], false],
    ['/v1.2/~a', [literal('v1.2'), literal('~a')], false],
  ])('reads %s', (text, segments, tail) => {
    expect(parseRoutePattern(text)).toEqual({ ok: true, value: { text, segments, tail } });
  });

  it.each([
    ['', 'begins with "/"'],
    ['patients', 'begins with "/"'],
    ['**', 'begins with "/"'],
    ['http://host/x', 'begins with "/"'],
    ['//a', 'got "//"'],
    ['/a//b', 'got "//"'],
    ['/a//', 'got "//"'],
    ['//**', 'got "//"'],
    ['/a//**', 'got "//"'],
    ['/a*', 'only in a trailing "/**", got "a*"'],
    ['/*', 'only in a trailing "/**", got "*"'],
    ['/a/*/b', 'only in a trailing "/**", got "*"'],
    ['/**/b', 'only in a trailing "/**", got "**"'],
    ['/**/', 'only in a trailing "/**", got "**"'],
    ['/a**', 'only in a trailing "/**", got "a**"'],
    ['/a/***', 'only in a trailing "/**", got "***"'],
    ['/a:b', 'whole segment ("/:name"), got "a:b"'],
    ['/:', 'as ":name"'],
    ['/:1', 'as ":name"'],
    ['/:a-b', 'as ":name"'],
    ['/:a.json', 'as ":name"'],
    ['/:a:b', 'as ":name"'],
    ['/:a*', 'as ":name"'],
    ['/:a?', 'as ":name"'],
    ['/:__proto__', 'as ":name"'],
    ['/:id/x/:id', '":id" twice'],
    ['/a/../b', 'canonical path can hold'],
    ['/.', 'canonical path can hold'],
    ['/a;b', 'canonical path can hold'],
    ['/a%2Fb', 'canonical path can hold'],
    ['/a%252Fb', 'canonical path can hold'],
    ['/a\\b', 'canonical path can hold'],
    ['/a?b', 'canonical path can hold'],
    ['/a#b', 'canonical path can hold'],
    ['/a b', 'canonical path can hold'],
    ['/Jörg', 'canonical path can hold'],
    ['/%61dmin', 'the canonical form "admin", got "%61dmin"'],
    ['/j%c3%b6rg', 'the canonical form "j%C3%B6rg"'],
    ['/{id}', 'the canonical form "%7Bid%7D"'],
    ['/a%2A', 'the canonical form "a*"'],
  ])('refuses %s and says what was expected', (text, expected) => {
    const pattern = parseRoutePattern(text);
    expect(pattern.ok ? 'accepted' : pattern.reason).toContain(expected);
  });
});
