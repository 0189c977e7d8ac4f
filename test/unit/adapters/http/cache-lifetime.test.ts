import { expect, it } from 'vitest';
import { maxAgeSeconds } from '../../../../src/adapters/http/cache-lifetime.ts';

it.each<[Record<string, string>, number | undefined]>([
  [{}, undefined],
  [{ 'cache-control': 'max-age=600' }, 600],
  [{ 'cache-control': 'public, Max-Age=600, must-revalidate' }, 600],
  [{ 'cache-control': 'max-age="600"' }, 600],
  [{ 'cache-control': 'max-age=600', age: '60' }, 540],
  [{ 'cache-control': 'max-age=600', age: '700' }, 0],
  [{ 'cache-control': 'max-age=600', age: '-5' }, 600],
  [{ 'cache-control': 'no-store' }, 0],
  [{ 'cache-control': 'max-age=600, no-cache' }, 0],
  [{ 'cache-control': 's-maxage=600' }, undefined],
  [{ 'cache-control': 'max-age=-1' }, undefined],
  [{ 'cache-control': 'max-age=1e3' }, undefined],
  [{ 'cache-control': 'x-max-age=5' }, undefined],
])('reads %j as %j seconds', (headers, seconds) => {
  expect(maxAgeSeconds(new Headers(headers))).toBe(seconds);
});
