import { describe, expect, it, vi } from 'vitest';
import { createArgon2Hasher } from '../../../src/adapters/node/argon2-hasher.ts';
import { UnavailableError } from '../../../src/lib/unavailable-error.ts';
import { type CoreUnderTest, startCoreApp } from '../../support/core/core-app.ts';
import {
  BCRYPT_OF_72_X,
  PASSWORD_VECTORS,
  VECTOR_PASSWORD,
} from '../../unit/core/passwords/password-vectors.ts';

const BCRYPT = new Map(PASSWORD_VECTORS).get('bcrypt $2b$') ?? '';

async function startWithUser(passwordHash: string): Promise<CoreUnderTest & { userId: string }> {
  const core = await startCoreApp({ hasher: createArgon2Hasher() });
  const created = await core.stores.users.create({
    email: 'moved@demo.test',
    username: 'moved',
    passwordHash,
    roles: [],
    patientId: undefined,
    doctorId: undefined,
  });
  if (created.kind !== 'created') throw new Error('the user was not created');
  return { ...core, userId: created.user.id };
}

async function logIn({ send }: CoreUnderTest, password: string): Promise<number> {
  return (await send('POST', '/v1/auth/sessions', { body: { login: 'moved', password } })).status;
}

async function storedHash({ stores, userId }: CoreUnderTest & { userId: string }): Promise<string> {
  return (await stores.users.findById(userId))?.passwordHash ?? '';
}

describe('the first log-in with the hash of another system', () => {
  it('replaces the hash by ours, and records it once', async () => {
    const core = await startWithUser(BCRYPT);
    expect(await logIn(core, 'a wrong guess')).toBe(401);
    expect(await storedHash(core)).toBe(BCRYPT);
    expect(await logIn(core, VECTOR_PASSWORD)).toBe(201);
    // The hash is made behind the answer.
    await expect.poll(() => storedHash(core)).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const ours = await storedHash(core);
    expect(await logIn(core, VECTOR_PASSWORD)).toBe(201);
    expect(await storedHash(core)).toBe(ours);
    expect(core.recorded.filter(({ type }) => type === 'user.password_rehashed')).toEqual([
      {
        type: 'user.password_rehashed',
        outcome: 'success',
        actor: { kind: 'system' },
        target: { kind: 'user', id: core.userId },
        request: { requestId: 'req-1', clientAddress: '192.0.2.7' },
      },
    ]);
  });

  it('succeeds although the hash cannot be replaced, and says so in the log alone', async () => {
    const core = await startWithUser(BCRYPT);
    core.stores.users.setPasswordHash = () =>
      Promise.reject(new UnavailableError('database', 'secret words'));
    expect(await logIn(core, VECTOR_PASSWORD)).toBe(201);
    await expect.poll(() => core.logged.join('\n')).toContain('a password hash was not replaced');
    expect(core.logged.join('\n')).not.toContain('secret words');
    expect(core.recorded.map(({ type }) => type)).not.toContain('user.password_rehashed');
  });

  it('leaves a hash that was changed meanwhile', async () => {
    const core = await startWithUser(BCRYPT);
    const { users } = core.stores;
    const set = users.setPasswordHash.bind(users);
    const asked = vi.fn(async (userId: string, phc: string, onlyIf?: string) => {
      await set(userId, 'changed meanwhile');
      return set(userId, phc, onlyIf);
    });
    users.setPasswordHash = asked;
    expect(await logIn(core, VECTOR_PASSWORD)).toBe(201);
    await expect.poll(() => asked).toHaveResolved();
    expect(await storedHash(core)).toBe('changed meanwhile');
    expect(core.recorded.map(({ type }) => type)).not.toContain('user.password_rehashed');
  });

  it('keeps a hash of bcrypt where the password is longer than bcrypt reads: its end was not checked', async () => {
    const core = await startWithUser(BCRYPT_OF_72_X);
    const asked = vi.spyOn(core.stores.users, 'setPasswordHash');
    expect(await logIn(core, `${'x'.repeat(72)} and a slip`)).toBe(201);
    expect(asked).not.toHaveBeenCalled();
    expect(await logIn(core, 'x'.repeat(72))).toBe(201);
    await expect.poll(() => storedHash(core)).toMatch(/^\$argon2id\$/);
  });
});
