import { expect, it } from 'vitest';
import { createId } from '../../src/identity/ids.ts';
import { addUser, describeStores, newUser } from './stores-under-test.ts';

describeStores('changes in the user store', (stores) => {
  it('changes what is named, empties what is null and keeps the rest', async () => {
    const user = await addUser(stores.users, { displayName: 'Ada', patientId: 'p-1', emailVerified: true });
    const change = {
      username: 'Countess',
      displayName: null,
      patientId: null,
      roles: ['doctor'],
      doctorId: 'd-1',
    };
    const { displayName: _, patientId: __, ...named } = change;
    const wanted = { ...user, ...named, displayName: undefined, patientId: undefined };
    const updated = await stores.users.update(user.id, change);
    // The link that was taken revokes the tokens of before, with the change: whether its answer tells when is not promised.
    const revokedAt = updated.kind === 'updated' ? updated.user.revokedAt : undefined;
    expect(updated).toStrictEqual({ kind: 'updated', user: { ...wanted, revokedAt } });
    expect(await stores.users.findById(user.id)).toStrictEqual({ ...wanted, revokedAt: expect.any(Date) });
  });

  it('answers a change of nothing with the user as it is', async () => {
    const user = await addUser(stores.users);
    expect(await stores.users.update(user.id, {})).toStrictEqual({ kind: 'updated', user });
  });

  it('verifies an address while it is still the user’s, and at the first time alone', async () => {
    const user = await addUser(stores.users);
    expect(await stores.users.verifyEmail(user.id, `other-${user.email}`)).toBe(false);
    expect(await stores.users.findById(user.id)).toStrictEqual(user);
    expect(await stores.users.verifyEmail(user.id, user.email.toUpperCase())).toBe(true);
    const verified = await stores.users.findById(user.id);
    expect(verified?.emailVerifiedAt).toBeInstanceOf(Date);
    expect(await stores.users.verifyEmail(user.id, user.email)).toBe(true);
    expect(await stores.users.findById(user.id)).toStrictEqual(verified);
    expect(await stores.users.verifyEmail(createId('user'), user.email)).toBe(false);
    expect(await stores.users.verifyEmail('anything', user.email)).toBe(false);
  });

  it('takes an address for unverified when it changes, and not when it stays', async () => {
    const user = await addUser(stores.users, { emailVerified: true });
    const verified = user.emailVerifiedAt;
    expect(verified).toBeInstanceOf(Date);
    const update = async (change: Parameters<typeof stores.users.update>[1]) => {
      const outcome = await stores.users.update(user.id, change);
      return outcome.kind === 'updated' ? outcome.user.emailVerifiedAt : outcome.kind;
    };
    expect(await update({ email: user.email.toUpperCase() })).toEqual(verified);
    expect(await update({ emailVerified: true })).toEqual(verified);
    expect(await update({ email: `other-${user.email}` })).toBeUndefined();
    expect(await update({ email: `third-${user.email}`, emailVerified: true })).toBeInstanceOf(Date);
    expect(await update({ emailVerified: false })).toBeUndefined();
  });

  it('keeps the time since when a user is disabled, and enables again', async () => {
    const user = await addUser(stores.users);
    await stores.users.update(user.id, { disabled: true });
    const since = (await stores.users.findById(user.id))?.disabledAt;
    expect(since).toBeInstanceOf(Date);
    await stores.users.update(user.id, { disabled: true });
    expect((await stores.users.findById(user.id))?.disabledAt).toEqual(since);
    await stores.users.update(user.id, { disabled: false });
    expect((await stores.users.findById(user.id))?.disabledAt).toBeUndefined();
  });

  it('sets a rehash only while the stored hash is the one that was verified', async () => {
    const user = await addUser(stores.users);
    const [first, second] = ['c2FsdHNhbHQ$Zmlyc3Q', 'c2FsdHNhbHQ$c2Vjb25k'].map(
      (rest) => `$argon2id$v=19$m=19456,t=2,p=1$${rest}`,
    ) as [string, string];
    expect(await stores.users.setPasswordHash(user.id, first, user.passwordHash)).toBe(true);
    expect(await stores.users.setPasswordHash(user.id, second, user.passwordHash)).toBe(false);
    expect((await stores.users.findById(user.id))?.passwordHash).toBe(first);
    expect(await stores.users.setPasswordHash(user.id, second)).toBe(true);
    expect(await stores.users.setPasswordHash(createId('user'), first)).toBe(false);
  });

  it('hides a deleted user from every method and frees what was unique', async () => {
    const wanted = newUser({ patientId: 'p-free', doctorId: 'd-free' });
    const user = await addUser(stores.users, wanted);
    expect(await stores.users.delete(user.id)).toBe('deleted');
    expect(await stores.users.delete(user.id)).toBe('not_found');
    expect(await stores.users.findById(user.id)).toBeUndefined();
    expect(await stores.users.findByLogin(user.email)).toBeUndefined();
    expect(await stores.users.update(user.id, { username: 'back' })).toEqual({ kind: 'not_found' });
    expect(await stores.users.setPasswordHash(user.id, user.passwordHash ?? '')).toBe(false);
    const query = { search: 'deleted', role: undefined, after: undefined, limit: 10 };
    expect((await stores.users.list(query)).users).toEqual([]);
    expect(await stores.users.create(wanted)).toMatchObject({ kind: 'created' });
  });

  it('finds nobody to change or delete by what is no id of a user', async () => {
    for (const id of [createId('user'), createId('session'), '', 'x\0y']) {
      expect(await stores.users.update(id, { username: 'x' })).toEqual({ kind: 'not_found' });
      expect(await stores.users.delete(id)).toBe('not_found');
    }
  });
});
