import { describe, expect, it } from 'vitest';
import { prefersMediaType } from '../../../src/lib/prefers-media-type.ts';

const prefers = (accept: string | undefined) =>
  prefersMediaType(accept, 'application/x+jwt', 'application/json');

describe('an Accept field', () => {
  it.each([
    'application/x+jwt',
    'Application/X+JWT',
    'text/html, application/x+jwt ; q=0.3',
    'application/x+jwt, */*',
    'application/x+jwt;q=0.5, */*;q=0.5',
    'application/json;q=0.1, application/x+jwt;q=0.2',
    'application/json, application/x+jwt',
    'application/x+jwt;v=1;q=0.001',
  ])('asks for what it names: %s', (accept) => expect(prefers(accept)).toBe(true));

  it.each([
    undefined,
    '',
    '*/*',
    'application/*',
    'application/json',
    'application/x+jwt;q=0',
    'application/x+jwt;q=0.000',
    'application/x+jwt;q=x',
    'application/x+jwt;q=2',
    'application/x+jwt;q=0.5, application/json',
    'application/x+jwt;q=0.5, application/*',
    'application/x+jwt;q=0.5, */*',
    'application/x+jwts',
    'text/application/x+jwt',
  ])('does not where it does not, or likes the usual better: %s', (accept) =>
    expect(prefers(accept)).toBe(false),
  );
});
