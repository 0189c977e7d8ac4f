import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalHost } from '../../../../src/gateway/client/canonical-host.ts';

describe('canonicalHost', () => {
  it.each([
    ['api.example', 'api.example'],
    ['API.Example', 'api.example'],
    ['api.example.', 'api.example'],
    ['api.example:443', 'api.example'],
    ['API.example.:443', 'api.example'],
    ['api.example:80', 'api.example:80'],
    ['api.example:8443', 'api.example:8443'],
    ['api.example:1', 'api.example:1'],
    ['api.example:65535', 'api.example:65535'],
    ['localhost', 'localhost'],
    ['my_service-1', 'my_service-1'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['1a.2b', '1a.2b'],
    ['1.example', '1.example'],
    ['127.0.0.1', '127.0.0.1'],
    ['127.0.0.1.:443', '127.0.0.1'],
    ['[::1]', '[::1]'],
    ['[2001:DB8:0:0::1]:443', '[2001:db8::1]'],
    ['[::1]:8080', '[::1]:8080'],
    ['[::ffff:127.0.0.1]', '127.0.0.1'],
    [`${'a'.repeat(63)}.example`, `${'a'.repeat(63)}.example`],
  ])('writes %s over https as %s', (value, host) => {
    expect(canonicalHost(value, 'https')).toBe(host);
    expect(canonicalHost(host, 'https')).toBe(host);
  });

  it('takes away the default port of the scheme in use, and no other', () => {
    expect(canonicalHost('api.example:80', 'http')).toBe('api.example');
    expect(canonicalHost('api.example:443', 'http')).toBe('api.example:443');
  });

  it.each([
    '',
    '.',
    '..',
    ':',
    ':443',
    '.example',
    'api..example',
    'api.example..',
    '-api.example',
    'api-.example',
    'user@api.example',
    'user:pw@api.example',
    'api.example@evil.example',
    'api.example:443@evil.example',
    'http://api.example',
    '//api.example',
    'api.example/',
    'api.example/x',
    'api.example\\x',
    'api.example?x',
    'api.example#x',
    'api.example,evil.example',
    'api.example evil.example',
    ' api.example',
    'api.example ',
    'api.example\t',
    'api.example\n',
    'api.example\0',
    'api%2eexample',
    'api.example%00',
    'api.ex*mple',
    '*',
    'b\u00fccher.example',
    '\u212aelvin.example',
    'api\u3002example',
    'api.example:',
    'api.example:0',
    'api.example:0443',
    'api.example:65536',
    'api.example:99999',
    'api.example:443443',
    'api.example:-1',
    'api.example:+443',
    'api.example:https',
    'api.example:443:443',
    'api.example:4 43',
    '127.1',
    '127.0.0.01',
    '0x7f.0.0.1',
    '127.0.0.0x1',
    '2130706433',
    '0x7f000001',
    '127.0.0.256',
    '1.2.3.4.5',
    'evil.example.1',
    'x.0x',
    '::1',
    '[::1',
    '::1]',
    '[]',
    '[127.0.0.1]',
    '[::1%lo]',
    '[::1%25lo]',
    '[::1].',
    '[::1]x',
    '[::1]:',
    '[::1]:0',
    '[v1.a]',
    '[[::1]]',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(127)}`.concat('b'),
    'a'.repeat(100_000),
    'a-'.repeat(130),
  ])('refuses %j', (value) => {
    expect(canonicalHost(value, 'https')).toBeUndefined();
    expect(canonicalHost(value, 'http')).toBeUndefined();
  });

  it('takes no host that the URL standard reads as another', () => {
    const piece = fc.constantFrom(
      'a',
      'B',
      '1',
      '0x1',
      '127',
      '.',
      '.',
      '-',
      '_',
      ':',
      '80',
      '443',
      '@',
      '%2e',
      '[',
      ']',
      '::',
      '/',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const value = pieces.join('');
        const host = canonicalHost(value, 'https');
        if (host === undefined) return;
        expect(canonicalHost(host, 'https')).toBe(host);
        expect(new URL(`https://${host}/`).host).toBe(host);
        const { hostname, port } = new URL(`https://${value}/`);
        expect(hostname.replace(/\.$/, '') + (port === '' ? '' : `:${port}`)).toBe(host);
      }),
      { numRuns: 5000 },
    );
  });
});
