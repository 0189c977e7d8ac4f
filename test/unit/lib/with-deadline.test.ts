import { describe, expect, it } from 'vitest';
import { withDeadline } from '../../../src/lib/with-deadline.ts';

const late = () => new Error('late');

describe('withDeadline', () => {
  it('answers as the work does', async () => {
    expect(await withDeadline(Promise.resolve(1), 10_000, late)).toBe(1);
    await expect(withDeadline(Promise.reject(new Error('own')), 10_000, late)).rejects.toThrow('own');
  });

  it('throws what it was given when the work does not end in time', async () => {
    await expect(withDeadline(new Promise(() => {}), 1, late)).rejects.toThrow('late');
  });
});
