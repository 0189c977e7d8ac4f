import { describe, expect, it } from 'vitest';
import { didYouMean } from '../../../src/config/suggest-name.ts';

const KEYS = ['roles', 'scopes', 'where', 'methods', 'upstream', 'id'];

describe('didYouMean', () => {
  it.each([
    ['rolse', 'roles'],
    ['Roles', 'roles'],
    ['method', 'methods'],
    ['upsteram', 'upstream'],
    ['ids', 'id'],
  ])('finds for %s the name that was meant', (name, meant) => {
    expect(didYouMean(name, KEYS)).toBe(`; did you mean "${meant}"?`);
  });

  it.each(['colour', 'assertion', 'xy', ''])('finds none for %j, which is near to nothing', (name) => {
    expect(didYouMean(name, KEYS)).toBe('');
  });
});
