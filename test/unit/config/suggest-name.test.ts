import { describe, expect, it } from 'vitest';
import { suggestName } from '../../../src/config/suggest-name.ts';

const KEYS = ['roles', 'scopes', 'where', 'methods', 'upstream', 'id'];

describe('suggestName', () => {
  it.each([
    ['rolse', 'roles'],
    ['Roles', 'roles'],
    ['method', 'methods'],
    ['upsteram', 'upstream'],
    ['ids', 'id'],
  ])('finds for %s the name that was meant', (name, meant) => {
    expect(suggestName(name, KEYS)).toBe(meant);
  });

  it.each(['colour', 'assertion', 'xy', ''])('finds none for %j, which is near to nothing', (name) => {
    expect(suggestName(name, KEYS)).toBeUndefined();
  });
});
