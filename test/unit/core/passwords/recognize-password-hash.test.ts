import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recognizePasswordHash } from '../../../../src/core/passwords/recognize-password-hash.ts';
import { PASSWORD_VECTORS } from './password-vectors.ts';

// The rule of the database: `users_password_hash_shape`.
const STORABLE =
  /^(\$argon2(id|i|d)|\$2[aby]|\$pbkdf2-sha(1|256|512)|\$scrypt|pbkdf2_sha(1|256|512)|argon2)\$/;
const vectors = new Map(PASSWORD_VECTORS);
const vector = (system: string) => vectors.get(system) ?? '';

function storedForm(text: string, salt?: string): string {
  const recognized = recognizePasswordHash(text, { salt });
  return recognized.ok ? recognized.value : recognized.reason;
}

describe('recognizePasswordHash', () => {
  it.each(PASSWORD_VECTORS)(
    'gives a form for %s that can be stored and is recognized as itself',
    (_, hash) => {
      const stored = storedForm(hash);
      expect(stored).toMatch(STORABLE);
      expect(storedForm(stored)).toBe(stored);
    },
  );

  it.each([
    'bcrypt $2a$',
    'bcrypt $2y$',
    'argon2-cffi I',
    'argon2-cffi ID',
    'passlib scrypt',
    'hashlib sha1 b64',
  ])('leaves %s as it is', (system) => {
    expect(storedForm(vector(system))).toBe(vector(system));
  });

  it('writes the same hash in the same form, however it came', () => {
    expect(storedForm(vector('hashlib sha256 hex'))).toBe(vector('hashlib sha256 b64'));
    const [start, digest, rounds, , hash] = vector('hashlib sha512 hex').split(':');
    const apart = storedForm([start, digest, rounds, hash].join(':'), '0123456789abcdef');
    expect(apart).toBe(vector('hashlib sha512 b64'));
  });

  it('takes off what Django and passlib add', () => {
    expect(storedForm(vector('Django argon2'))).toBe(vector('Django argon2').slice('argon2'.length));
    expect(storedForm(vector('Django scrypt'))).toMatch(/^\$scrypt\$ln=14,r=8,p=5\$[^$.=]+\$[^$.=]+$/);
    expect(storedForm(vector('passlib pbkdf2'))).toMatch(/^\$pbkdf2-sha1\$i=25000\$[^$.=]+\$[^$.=]+$/);
  });

  it('clears the bits of a bcrypt salt that mean nothing', () => {
    const [hash] = [vector('bcrypt $2b$')];
    const index = '$2b$05$'.length + 21;
    expect(storedForm(`${hash.slice(0, index)}f${hash.slice(index + 1)}`)).toBe(
      `${hash.slice(0, index)}e${hash.slice(index + 1)}`,
    );
  });

  it.each([
    ['bcrypt', vector('bcrypt $2b$').replace('$05$', '$31$')],
    ['bcrypt of no rounds', vector('bcrypt $2b$').replace('$05$', '$00$')],
    ['PBKDF2', vector('Django pbkdf2_sha256').replace('29000', '99999999')],
    ['scrypt', vector('passlib scrypt').replace('ln=12', 'ln=24')],
    [
      'scrypt with an N that its block size does not allow',
      vector('passlib scrypt').replace('ln=12,r=8', 'ln=16,r=1'),
    ],
    ['scrypt in lanes', vector('passlib scrypt').replace('p=1', 'p=9999')],
    ['scrypt of Django', vector('Django scrypt').replace('16384', '268435456')],
    ['argon2', vector('argon2-cffi D').replace('m=8192', 'm=9999999')],
  ])('refuses costs of %s that could exhaust the machine', (_, hash) => {
    expect(storedForm(hash)).toBe('cost_out_of_bounds');
  });

  it.each([
    ['bcrypt with the flaw of sign extension', vector('bcrypt $2b$').replace('$2b$', '$2x$')],
    ['bcrypt that is cut off', vector('bcrypt $2b$').slice(0, -1)],
    ['scrypt whose N is no power of two', vector('Django scrypt').replace('16384', '16385')],
    ['scrypt without a cost', vector('Django scrypt').replace('16384', '1')],
    ['PBKDF2 without a salt', 'pbkdf2_sha256$29000$$rpj5TOb6EnG0Ns5iY0t+CKMOyFZNwM5RjlNrg4TyFw8='],
    ['PBKDF2 of a digest that is not known', vector('Django pbkdf2_sha256').replace('sha256', 'md5')],
    ['PBKDF2 with a hash of few bytes', 'pbkdf2:sha256:20000:30313233:d2f3e4e1'],
    ['half a byte', `${vector('hashlib sha256 hex')}0`],
    ['a line break at the end', `${vector('Django pbkdf2_sha1')}\n`],
    ['MD5', '5f4dcc3b5aa765d61d8327deb882cf99'],
    ['a password', 'correct horse battery'],
    ['nothing', ''],
    ['a long text', `pbkdf2_sha256$29000$${'x'.repeat(1000)}$rpj5TOb6EnG0Ns5iY0t+CKMOyFZNwM5RjlNrg4TyFw8=`],
  ])('refuses %s', (_, text) => {
    expect(storedForm(text)).toBe('malformed');
  });

  it('never throws, and whatever it takes is stored in a form that it takes again', () => {
    const anyText = fc.oneof(
      fc.string(),
      fc
        .tuple(
          fc.constantFrom(...vectors.values()),
          fc.nat(120),
          fc.string({ unit: 'grapheme', maxLength: 2 }),
        )
        .map(([hash, at, change]) => hash.slice(0, at) + change + hash.slice(at + 1)),
    );
    fc.assert(
      fc.property(anyText, fc.option(fc.string(), { nil: undefined }), (text, salt) => {
        const recognized = recognizePasswordHash(text, { salt });
        if (!recognized.ok) return;
        expect(recognized.value).toMatch(STORABLE);
        expect(recognizePasswordHash(recognized.value)).toEqual(recognized);
      }),
    );
  });
});
