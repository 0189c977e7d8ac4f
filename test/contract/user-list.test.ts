import { beforeAll, expect, it } from 'vitest';
import type { User, UserCursor, UserStore } from '../../src/core/users/user-store.ts';
import { addUser, describeStores } from './stores-under-test.ts';

describeStores('list of the user store', (stores) => {
  const users: User[] = [];
  beforeAll(async () => {
    const add = async (differences: Parameters<typeof addUser>[1]) => {
      users.push(await addUser(stores.users, differences));
    };
    await add({ username: 'per%cent', displayName: 'Ada Lovelace' });
    await add({ username: 'under_score', roles: ['doctor', 'admin'] });
    await add({ username: 'back\\slash', patientId: 'p-7' });
    await add({ email: 'grace@navy.test', username: 'underXscore', doctorId: 'd-7' });
    await add({ username: 'quote\'"', roles: ['doctor'] });
  });

  const find = async (query: Partial<Parameters<UserStore['list']>[0]>) => {
    const all = { search: undefined, role: undefined, after: undefined, limit: 100 };
    return stores.users.list({ ...all, ...query });
  };
  const names = async (search: string) => (await find({ search })).users.map(({ username }) => username);

  it.each([
    ['PER%', ['per%cent']],
    ['%', ['per%cent']],
    ['r_s', ['under_score']],
    ['\\', ['back\\slash']],
    ['\'"', ['quote\'"']],
    ['lovel', ['per%cent']],
    ['@NAVY', ['underXscore']],
    ['p-7', ['back\\slash']],
    ['d-7', ['underXscore']],
    ['p-', []],
    ['x\0y', []],
  ])('finds by a part of a name, and by a whole link: %j', async (search, found) => {
    expect(await names(search)).toEqual(found);
  });

  it('finds by a whole id', async () => {
    const [first] = users;
    expect(await names(first?.id ?? '')).toEqual(['per%cent']);
  });

  it('finds by a role as a whole', async () => {
    const having = async (role: string) => (await find({ role })).users.map(({ username }) => username);
    expect(await having('doctor')).toEqual(expect.arrayContaining(['under_score', 'quote\'"']));
    expect(await having('doc')).toEqual([]);
    expect(await having('doctor,admin')).toEqual([]);
    expect(await having('x\0y')).toEqual([]);
  });

  it.each([1, 2, 3, 5, 6])(
    'pages through all once, %i at a time, also those of one moment',
    async (limit) => {
      const seen: string[] = [];
      let after: UserCursor | undefined;
      do {
        const page = await find({ limit, after });
        expect(page.users.length).toBeLessThanOrEqual(limit);
        seen.push(...page.users.map(({ id }) => id));
        after = page.next;
      } while (after !== undefined);
      expect(seen).toHaveLength(users.length);
      expect(new Set(seen)).toEqual(new Set(users.map(({ id }) => id)));
    },
  );
});
