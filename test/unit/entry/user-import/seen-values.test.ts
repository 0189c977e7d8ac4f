import { expect, it } from 'vitest';
import { createSeenValues } from '../../../../src/entry/user-import/seen-values.ts';

it('knows again what it has seen, over many values', () => {
  const seen = createSeenValues();
  const values = Array.from({ length: 20_000 }, (_, index) => `user-${index}@clinic.test`);
  expect(values.filter((value) => seen.add(value))).toEqual([]);
  expect(values.filter((value) => !seen.add(value))).toEqual([]);
});
