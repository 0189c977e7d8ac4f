import { describe, expect, it } from 'vitest';
import { createArgon2Hasher } from '../../../../src/adapters/node/argon2-hasher.ts';
import { UnavailableError } from '../../../../src/lib/unavailable-error.ts';

describe('createArgon2Hasher', () => {
  it('verifies the password that it hashed and no other, with the costs of the design', async () => {
    const hasher = createArgon2Hasher();
    const phc = await hasher.hash('correct horse battery');
    expect(phc).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(await hasher.verify(phc, 'correct horse battery')).toBe(true);
    expect(await hasher.verify(phc, 'correct horse batterY')).toBe(false);
    expect(await hasher.hash('correct horse battery')).not.toBe(phc);
  });

  it('verifies a hash that the reference implementation made', async () => {
    // From the test vectors of the reference implementation (P-H-C/phc-winner-argon2, src/test.c).
    const phc = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
    expect(await createArgon2Hasher().verify(phc, 'password')).toBe(true);
  });

  it('answers false for a string that it cannot read or that asks for too much memory', async () => {
    const hasher = createArgon2Hasher();
    expect(await hasher.verify('', 'password')).toBe(false);
    const greedy = '$argon2id$v=19$m=4194304,t=9,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
    expect(await hasher.verify(greedy, 'password')).toBe(false);
  });

  it('throws UnavailableError for the password that comes when the line is full', async () => {
    const hasher = createArgon2Hasher({ runningMax: 1, waitingMax: 1 });
    const outcomes = await Promise.allSettled(['a', 'b', 'c'].map((password) => hasher.hash(password)));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    const third = outcomes[2] as PromiseRejectedResult;
    expect(third.reason).toBeInstanceOf(UnavailableError);
    expect(third.reason).toMatchObject({ dependency: 'password_hashing' });
  });
});
