import { beforeEach, expect, it } from 'vitest';
import type { UserChange } from '../../src/core/users/user-store.ts';
import { addUser, describeStores } from './stores-under-test.ts';

const STRIPPED: UserChange = { roles: ['doctor'] };

describeStores('the last administrator in the user store', (stores) => {
  const addAdmin = () => addUser(stores.users, { roles: ['admin', 'doctor'] });
  const isAdmin = async (userId: string) => {
    const user = await stores.users.findById(userId);
    return user !== undefined && user.disabledAt === undefined && user.roles.includes('admin');
  };
  /** Leaves no administrator but one. */
  let last: string;
  beforeEach(async () => {
    const { id } = await addAdmin();
    last = id;
    const query = { search: undefined, role: 'admin', after: undefined, limit: 1000 };
    for (const user of (await stores.users.list(query)).users)
      if (user.id !== last) await stores.users.delete(user.id);
  });

  it('keeps the role, and is neither disabled nor deleted', async () => {
    const before = await stores.users.findById(last);
    for (const change of [STRIPPED, { disabled: true }, { roles: [] }, { ...STRIPPED, username: 'other' }])
      expect(await stores.users.update(last, change)).toEqual({ kind: 'last_admin' });
    expect(await stores.users.delete(last)).toBe('last_admin');
    expect(await stores.users.findById(last)).toEqual(before);
  });

  it('changes in all else', async () => {
    for (const change of [{ roles: ['admin'] }, { disabled: false }, { displayName: 'Chief' }])
      expect(await stores.users.update(last, change)).toMatchObject({ kind: 'updated' });
  });

  it('is not helped by an administrator who is disabled, nor by a role that only begins so', async () => {
    const { id } = await addAdmin();
    expect(await stores.users.update(id, { disabled: true })).toMatchObject({ kind: 'updated' });
    await addUser(stores.users, { roles: ['admin:reports', 'administrator'] });
    expect(await stores.users.update(last, STRIPPED)).toEqual({ kind: 'last_admin' });
    expect(await stores.users.delete(id)).toBe('deleted');
  });

  it('is no obstacle to changes of others, and goes when another is there', async () => {
    const user = await addUser(stores.users);
    expect(await stores.users.update(user.id, { disabled: true })).toMatchObject({ kind: 'updated' });
    expect(await stores.users.delete(user.id)).toBe('deleted');
    await addAdmin();
    expect(await stores.users.delete(last)).toBe('deleted');
  });

  it('is left when administrators take the role from each other at once', async () => {
    const strip = async (userId: string, round: number) => {
      if (round % 3 === 0) return stores.users.delete(userId);
      return (await stores.users.update(userId, round % 3 === 1 ? STRIPPED : { disabled: true })).kind;
    };
    for (let round = 0; round < 12; round += 1) {
      const admins = [last, (await addAdmin()).id, (await addAdmin()).id];
      const outcomes = await Promise.all(admins.map((id) => strip(id, round)));
      expect(outcomes.filter((outcome) => outcome === 'last_admin')).toHaveLength(1);
      const [left = '', ...more] = (
        await Promise.all(admins.map(async (id) => ((await isAdmin(id)) ? id : undefined)))
      ).filter((id) => id !== undefined);
      expect(more).toEqual([]);
      expect(left).not.toBe('');
      last = left;
    }
  });
});
