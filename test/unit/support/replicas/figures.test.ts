import { expect, it } from 'vitest';
import { figuresOf, lineOf } from '../../../support/replicas/figures.ts';

it('tells the middle, the most and the worst of a thousand times, in whatever order they come', () => {
  const sample = Array.from({ length: 1000 }, (_, index) => ((index * 7) % 1000) + 1);
  const figures = figuresOf(sample);
  expect(figures).toEqual({ count: 1000, p50: 500, p99: 990, max: 1000 });
  expect(lineOf('lag', figures)).toBe('lag: p50 500.0 ms, p99 990.0 ms, max 1000.0 ms of 1000');
});

it('tells of one time that it is all three, and of none nothing', () => {
  expect(figuresOf([3])).toEqual({ count: 1, p50: 3, p99: 3, max: 3 });
  expect(figuresOf([])).toEqual({ count: 0, p50: Number.NaN, p99: Number.NaN, max: Number.NaN });
});
