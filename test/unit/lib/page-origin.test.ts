import { expect, it } from 'vitest';
import { pageOriginOf } from '../../../src/lib/page-origin.ts';

const of = (...headers: [name: string, value: string][]) =>
  pageOriginOf(new Headers(headers), new Set(['https://app.example']));

it('takes a trusted origin for ours, whatever the browser says besides', () => {
  expect(of(['Origin', 'https://app.example'], ['Sec-Fetch-Site', 'cross-site'])).toBe('ours');
});

it.each(['null', '', 'https://evil.example', 'https://app.example.evil'])(
  'takes %j for foreign',
  (origin) => {
    expect(of(['Origin', origin], ['Sec-Fetch-Site', 'same-origin'])).toBe('foreign');
  },
);

it('takes what is said twice for foreign', () => {
  expect(of(['Origin', 'https://app.example'], ['Origin', 'https://app.example'])).toBe('foreign');
  expect(of(['Sec-Fetch-Site', 'same-origin'], ['Sec-Fetch-Site', 'same-origin'])).toBe('foreign');
});

it('goes by Sec-Fetch-Site where there is no origin', () => {
  expect(of(['Sec-Fetch-Site', 'same-origin'])).toBe('ours');
  for (const site of ['same-site', 'cross-site', 'none'])
    expect(of(['Sec-Fetch-Site', site])).toBe('foreign');
});

it('tells where nothing is said', () => {
  expect(of()).toBe('unsaid');
});
