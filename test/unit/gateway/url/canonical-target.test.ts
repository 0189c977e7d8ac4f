import { describe, expect, it } from 'vitest';
import { canonicalTarget } from '../../../../src/gateway/url/canonical-target.ts';

function pathOf(raw: string): string | undefined {
  const target = canonicalTarget(raw);
  return target.ok ? target.value.path : undefined;
}

describe('canonicalTarget', () => {
  it.each([
    '/',
    '/patients/p-100/vitals',
    '/.well-known/jwks.json',
    '/...',
    '/..a/.b/c..',
    "/a-._~!$&'()*+,=:@z",
    '/J%C3%B6rg/%E2%82%AC/%F0%9F%A9%BA',
    '/a%20b%22%3C%3E%5B%5D%5E%60%7B%7C%7D',
    '/trailing/',
  ])('passes the canonical path %s as it is', (path) => {
    expect(canonicalTarget(path)).toEqual({ ok: true, value: { path, query: '' } });
  });

  it.each([
    ['/%61dmin', '/admin'],
    ['/%41dmin', '/Admin'],
    ['/%7Euser/%2Da', '/~user/-a'],
    ['/a%3Ab%40c%2B%3d', '/a:b@c+='],
    ['//admin', '/admin'],
    ['/a///b//', '/a/b/'],
    ['////', '/'],
    ['//evil.example/x', '/evil.example/x'],
    ['/j%c3%b6rg', '/j%C3%B6rg'],
    ['/{id}|"<>[]^`', '/%7Bid%7D%7C%22%3C%3E%5B%5D%5E%60'],
    ['/a%7bb%7D', '/a%7Bb%7D'],
    ['/.%61', '/.a'],
  ])('reads %s as %s', (raw, path) => {
    expect(pathOf(raw)).toBe(path);
  });

  it('does not fold letter case, so that /Admin is not /admin', () => {
    expect(pathOf('/Admin')).toBe('/Admin');
  });
});

describe('canonicalTarget, the query', () => {
  it.each([
    ['/a?', '/a', '?'],
    ['/secret?x=/public', '/secret', '?x=/public'],
    ['/a?b=%zz&c=100%', '/a', '?b=%zz&c=100%'],
    ['/a?../..//;%2f%00\\', '/a', '?../..//;%2f%00\\'],
    ['/%61?%61', '/a', '?%61'],
    ['/?/../x', '/', '?/../x'],
    ['/a??b?', '/a', '??b?'],
    ['/a?allowed_groups=admin&rd=//evil', '/a', '?allowed_groups=admin&rd=//evil'],
  ])('cuts %s at the first question mark and leaves the query as it came', (raw, path, query) => {
    expect(canonicalTarget(raw)).toEqual({ ok: true, value: { path, query } });
  });

  it.each(['/a?b#c', '/a?b c', '/a?b\tc', '/a?b\r\nX: y', '/a?\0', '/a?\x7f', '/a?\xe9', '/a?\u0100'])(
    'refuses %j, whose query does not fit in a request line',
    (raw) => {
      expect(pathOf(raw)).toBeUndefined();
    },
  );
});

describe('canonicalTarget, what has two readings', () => {
  it.each([
    '/public/../admin',
    '/public/%2e%2e/admin',
    '/public/.%2e/x',
    '/public/%2E./x',
    '/public/..',
    '/public/..?x',
    '/public/%2e%2e?x',
    '/..',
    '/.',
    '/%2e',
    '/./admin',
    '/.//admin',
    '//../admin',
    '/a/.',
    '/a/./',
    '/public/..%2fadmin',
    '/public/..%5cadmin',
    '/public/..\\admin',
    '/public/..;/admin',
    '/public/..;x=y/admin',
    '/public/%2e%2e;/admin',
    '/public/..%3b/admin',
    '/public/..%00/admin',
    '/public/..%23',
    '/public/..#',
  ])('refuses %s, which climbs for some readers', (raw) => {
    expect(canonicalTarget(raw)).toEqual({ ok: false, reason: 'target_malformed' });
  });

  it.each([
    '/a%2Fb',
    '/a%2fb',
    '/a%5Cb',
    '/a%5cb',
    '/a\\b',
    '\\a',
    '/\\evil.example',
    '/secret;x=/public',
    '/secret%3Bx=/public',
    '/secret#/public',
    '/secret%23/public',
    '/secret%3F/public',
    '/secret%3f',
  ])('refuses %s, which splits elsewhere for some readers', (raw) => {
    expect(pathOf(raw)).toBeUndefined();
  });

  it.each(['/%252e%252e/admin', '/%2561dmin', '/%25', '/%25252f', '/%%32e', '/%2%65'])(
    'refuses %s, which is encoded twice or inside of itself',
    (raw) => {
      expect(pathOf(raw)).toBeUndefined();
    },
  );

  it.each([
    '/%',
    '/a%',
    '/a%2',
    '/%zz',
    '/%2g',
    '/%g2',
    '/%u002e',
    '/%U002F',
    '/% 41',
    '/%+1',
    '/%-1',
    '/%0x',
  ])('refuses %s, a percent without two hexadecimal digits', (raw) => {
    expect(pathOf(raw)).toBeUndefined();
  });

  it.each(['/%00', '/a%00.png', '/%0d%0aX:y', '/%09', '/%1F', '/%7f', '/%C2%85', '/%C2%9f'])(
    'refuses %s, an encoded control character',
    (raw) => {
      expect(pathOf(raw)).toBeUndefined();
    },
  );

  it('refuses every raw control, space, DEL and non-ASCII character anywhere', () => {
    const codes = [
      ...Array(0x21).keys(),
      ...Array.from({ length: 0x81 }, (_, index) => 0x7f + index),
      0x131,
      0x2f00,
    ];
    for (const code of codes) {
      const character = String.fromCharCode(code);
      for (const raw of [`/a${character}`, `/${character}/b`, `/a?${character}`, `${character}/a`])
        expect(pathOf(raw), JSON.stringify(raw)).toBeUndefined();
    }
  });

  it.each([
    ['overlong slash', '/%C0%AF'],
    ['overlong slash of three octets', '/%E0%80%AF'],
    ['overlong slash of four octets', '/%F0%80%80%AF'],
    ['overlong dot', '/%C0%AE%C0%AE/admin'],
    ['overlong NUL', '/%C0%80'],
    ['surrogate', '/%ED%A0%80'],
    ['beyond U+10FFFF', '/%F4%90%80%80'],
    ['octet that never occurs', '/%FE'],
    ['five octets', '/%F8%88%80%80%80'],
    ['stray continuation', '/%80'],
    ['Latin-1', '/caf%E9'],
    ['cut short', '/%E2%82'],
    ['cut short by a slash', '/%E2%82/%AC'],
    ['cut short by a letter', '/%C3a'],
    ['continued by a decoded octet', '/%C3%41'],
    ['continued by a raw octet', '/%C3\xb6'],
  ])('refuses malformed UTF-8: %s', (_, raw) => {
    expect(pathOf(raw)).toBeUndefined();
  });
});

describe('canonicalTarget, other forms of a target', () => {
  it.each([
    '',
    '*',
    '?x',
    '#',
    'admin',
    'http://127.0.0.1/admin',
    'HTTP://a/b',
    'example.com:443',
    'user@host/x',
    ' /a',
    '%2Fadmin',
  ])('refuses %j, which does not begin with a slash', (raw) => {
    expect(pathOf(raw)).toBeUndefined();
  });

  it('takes 16 KiB and refuses one octet more', () => {
    const longest = `/${'a'.repeat(16 * 1024 - 1)}`;
    expect(pathOf(longest)).toBe(longest);
    expect(pathOf(`${longest}a`)).toBeUndefined();
  });
});
