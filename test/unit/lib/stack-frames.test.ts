import { describe, expect, it } from 'vitest';
import { stackFrames } from '../../../src/lib/stack-frames.ts';

describe('stackFrames', () => {
  it('tells the name and where it was thrown', () => {
    const { error, at } = stackFrames(new TypeError('secret'));

    expect(error).toBe('TypeError');
    expect(at).toMatch(/^at .*stack-frames\.test\.ts:\d+:\d+/);
  });

  it('leaves the message out, also where a line of it looks like a frame', () => {
    const { at } = stackFrames(new Error('secret\n    at secret (secret.ts:1:1)\nsecret'));

    expect(at).toContain('stack-frames.test.ts');
    expect(at).not.toContain('secret');
  });

  it('tells only the kind of what is no error', () => {
    expect(stackFrames('secret')).toEqual({ error: 'string', at: undefined });
  });
});
