import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalSecrets } from '../../../src/lib/equal-secrets.ts';

describe('equalSecrets', () => {
  it('is true for equal secrets', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (secret) => {
        expect(await equalSecrets(secret, secret)).toBe(true);
      }),
    );
  });

  it('is false for different ones, also for a beginning and for nothing', async () => {
    for (const [presented, known] of [
      ['secret', 'secreT'],
      ['secre', 'secret'],
      ['', 'secret'],
      ['secret', ''],
    ] as const)
      expect(await equalSecrets(presented, known)).toBe(false);
  });
});
