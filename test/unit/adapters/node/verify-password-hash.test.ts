import { hash as bcryptHash } from '@node-rs/bcrypt';
import { describe, expect, it } from 'vitest';
import { createArgon2Hasher } from '../../../../src/adapters/node/argon2-hasher.ts';
import { recognizePasswordHash } from '../../../../src/core/passwords/recognize-password-hash.ts';
import { BCRYPT_OF_72_X, PASSWORD_VECTORS, VECTOR_PASSWORD } from '../../core/passwords/password-vectors.ts';

const hasher = createArgon2Hasher();

describe('hashes of other systems', () => {
  it.each(PASSWORD_VECTORS)(
    'verify by %s for their password and no other, in either form',
    async (_, hash) => {
      const recognized = recognizePasswordHash(hash);
      const stored = recognized.ok ? recognized.value : '';
      expect(await hasher.verify(hash, VECTOR_PASSWORD)).toBe(true);
      expect(await hasher.verify(stored, VECTOR_PASSWORD)).toBe(true);
      expect(await hasher.verify(stored, `${VECTOR_PASSWORD}.`)).toBe(false);
    },
  );

  it('verify by the first 72 bytes where bcrypt made them', async () => {
    expect(await hasher.verify(BCRYPT_OF_72_X, 'x'.repeat(72))).toBe(true);
    expect(await hasher.verify(BCRYPT_OF_72_X, `${'x'.repeat(72)}and more`)).toBe(true);
    expect(await hasher.verify(BCRYPT_OF_72_X, 'x'.repeat(71))).toBe(false);
  });

  it('never verify a password with a NUL by bcrypt, which would repeat what lies before', async () => {
    const ofOneWord = await bcryptHash('word', 4);
    expect(await hasher.verify(ofOneWord, 'word')).toBe(true);
    expect(await hasher.verify(ofOneWord, 'word\0word')).toBe(false);
    expect(await hasher.verify(ofOneWord, 'word\0')).toBe(false);
  });

  it('are to be made anew, as are our own of other costs', async () => {
    for (const [, hash] of PASSWORD_VECTORS) expect(hasher.needsRehash(hash)).toBe(true);
    const ours = await hasher.hash(VECTOR_PASSWORD);
    expect(hasher.needsRehash(ours)).toBe(false);
    expect(hasher.needsRehash(ours.replace('t=2', 't=1'))).toBe(true);
  });
});
