import { describe, expect, it } from 'vitest';
import { createSecretBox, SealedTextError } from '../../../../src/core/keys/secret-box.ts';

const OLD = 'old-secret-old-secret-old-secret-0';
const NEW = 'new-secret-new-secret-new-secret-0';

describe('createSecretBox', () => {
  it('opens what it sealed, and seals the same text differently each time', async () => {
    const box = createSecretBox([OLD]);
    const sealed = await box.seal('a private key', 'signing_key:key_1');
    expect(sealed).toMatch(/^v1\.[\w-]{8}\.[\w-]{16}\.[\w-]+$/);
    expect(sealed).not.toContain('private');
    expect(await box.seal('a private key', 'signing_key:key_1')).not.toBe(sealed);
    expect(await box.unseal(sealed, 'signing_key:key_1')).toBe('a private key');
  });

  it('opens with a later secret what an earlier one sealed, and seals with the first', async () => {
    const sealedByOld = await createSecretBox([OLD]).seal('text', 'p');
    const both = createSecretBox([NEW, OLD]);
    expect(await both.unseal(sealedByOld, 'p')).toBe('text');
    expect(await createSecretBox([NEW]).unseal(await both.seal('text', 'p'), 'p')).toBe('text');
  });

  it('seals anew what an earlier secret sealed, and leaves alone what the first one sealed', async () => {
    const both = createSecretBox([NEW, OLD]);
    const resealed = await both.reseal(await createSecretBox([OLD]).seal('text', 'p'), 'p');
    expect(await createSecretBox([NEW]).unseal(resealed ?? '', 'p')).toBe('text');
    expect(await both.reseal(resealed ?? '', 'p')).toBeUndefined();
    await expect(createSecretBox([OLD]).reseal(resealed ?? '', 'p')).rejects.toThrow(SealedTextError);
  });

  it('refuses clearly what no configured secret sealed', async () => {
    const sealed = await createSecretBox([OLD]).seal('text', 'signing_key:key_1');
    const opening = createSecretBox([NEW]).unseal(sealed, 'signing_key:key_1');
    await expect(opening).rejects.toThrow(SealedTextError);
    await expect(opening).rejects.toThrow('no configured secret opens what is sealed for signing_key:key_1');
  });

  it('refuses a text that was sealed for another purpose, so that rows cannot be swapped', async () => {
    const box = createSecretBox([OLD]);
    await expect(
      box.unseal(await box.seal('text', 'signing_key:key_1'), 'signing_key:key_2'),
    ).rejects.toThrow(SealedTextError);
  });

  it('refuses every text with one character changed', async () => {
    const box = createSecretBox([OLD]);
    const sealed = await box.seal('text', 'p');
    for (let index = 0; index < sealed.length; index++) {
      const other = sealed[index] === 'A' ? 'Q' : 'A';
      const changed = sealed.slice(0, index) + other + sealed.slice(index + 1);
      await expect(box.unseal(changed, 'p'), `character ${index}`).rejects.toThrow(SealedTextError);
    }
  });

  it.each(['', 'v1', 'v2.a.b.c', 'v1.AAAAAAAA.AAAAAAAAAAAAAAAA.A'])(
    'refuses %j, which is not a sealed text',
    async (text) => {
      await expect(createSecretBox([OLD]).unseal(text, 'p')).rejects.toThrow(SealedTextError);
    },
  );

  it('refuses to be made without a secret or with a short one', () => {
    expect(() => createSecretBox([])).toThrow('at least 32 bytes');
    expect(() => createSecretBox([OLD, 'short'])).toThrow('at least 32 bytes');
  });
});
