import { describe, expect, it } from 'vitest';
import { type WebAddressRules, webAddressFault } from '../../../src/config/web-address.ts';

const LOOSE: WebAddressRules = { plainOnLoopbackOnly: false, path: 'allowed', query: 'allowed' };
const STRICT: WebAddressRules = { plainOnLoopbackOnly: true, path: 'none', query: 'none' };

describe('webAddressFault', () => {
  it.each([
    'https://host.example',
    'https://host.example/',
    'https://host.example:8443',
    'http://localhost:8080',
    'http://127.8.9.1',
    'http://[::1]:80',
  ])('takes %s by the strictest rules', (text) => {
    expect(webAddressFault(text, STRICT)).toBeUndefined();
  });

  it.each(['http://10.0.0.1/a/@b?c=d@e', 'http://service:9001/base/'])(
    'takes %s by the loosest rules',
    (text) => {
      expect(webAddressFault(text, LOOSE)).toBeUndefined();
    },
  );

  it.each([
    'host.example',
    'ftp://host.example',
    'https:host.example',
    'https:///host.example',
    'https:\\\\host.example',
    'https://host.example\\@evil.example',
    ' https://host.example',
    'https://host.example\n',
    'https://host .example',
    'https://host.example:99999',
    'javascript:alert(1)',
    'https://u@host.example',
    'https://:p@host.example',
    'https://@host.example',
    'https://host.example/#',
  ])('refuses %j by any rules', (text) => {
    expect(webAddressFault(text, LOOSE)).toBeDefined();
  });

  it.each([
    'http://host.example',
    'http://127.0.0.1.evil.example',
    'http://localhost.evil.example',
    'http://0.0.0.0',
    'https://host.example/path',
    'https://host.example?',
  ])('refuses %j by the strictest rules', (text) => {
    expect(webAddressFault(text, STRICT)).toBeDefined();
  });

  const plain: WebAddressRules = { plainOnLoopbackOnly: true, path: 'plain', query: 'none' };

  it.each([
    'https://host.example',
    'https://host.example/',
    'https://host.example/auth',
    'http://[::1]/a/v1.2_~-/',
  ])('takes %s where a path must be plain', (text) => {
    expect(webAddressFault(text, plain)).toBeUndefined();
  });

  it.each([
    'https://host.example//',
    'https://host.example/a//',
    'https://host.example/a//b',
    'https://host.example/a/../b',
    'https://host.example/./a',
    'https://host.example/.well-known',
    'https://host.example/%61',
    'https://host.example/a;b',
    'https://host.example/a?b',
    'https://host.example/ä',
  ])('refuses %s where a path must be plain', (text) => {
    expect(webAddressFault(text, plain)).toBeDefined();
  });
});
