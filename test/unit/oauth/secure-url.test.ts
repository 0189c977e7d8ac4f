import { expect, it } from 'vitest';
import { isHttpsOrLoopback } from '../../../src/oauth/secure-url.ts';

it.each([
  'https://id.test/keys',
  'http://localhost:9000/keys',
  'http://127.0.0.1/keys',
  'http://127.9.9.9/keys',
  'http://[::1]:8080/keys',
])('lets keys come over %s', (url) => {
  expect(isHttpsOrLoopback(url)).toBe(true);
});

it.each([
  'http://id.test/keys',
  'http://localhost.evil.test/keys',
  'http://127.0.0.1.evil.test/keys',
  'http://10.0.0.1/keys',
  'http://[::2]/keys',
  'https://user:pass@id.test/keys',
  'http://localhost@evil.test/keys',
  'file:///etc/passwd',
  'data:application/json,{}',
  'javascript:1',
  '/keys',
  '',
])('does not let keys come over %j', (url) => {
  expect(isHttpsOrLoopback(url)).toBe(false);
});
