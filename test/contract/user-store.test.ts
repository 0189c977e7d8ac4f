import { expect, it } from 'vitest';
import { createId, isId } from '../../src/identity/ids.ts';
import { addUser, describeStores, newUser } from './stores-under-test.ts';

describeStores('user store', (stores) => {
  it('gives a created user an id and keeps all else as it was', async () => {
    const wanted = newUser({ roles: ['doctor', 'on-call:night'], doctorId: 'd-1' });
    const user = await addUser(stores.users, wanted);
    expect(user).toMatchObject(wanted);
    expect(isId('user', user.id)).toBe(true);
    expect(await stores.users.findById(user.id)).toEqual(user);
  });

  it('tells what a user does not have as undefined', async () => {
    const user = await addUser(stores.users, { passwordHash: undefined, roles: [] });
    const found = await stores.users.findById(user.id);
    expect(found).toStrictEqual({
      ...user,
      roles: [],
      passwordHash: undefined,
      patientId: undefined,
      doctorId: undefined,
      disabledAt: undefined,
      displayName: undefined,
      emailVerifiedAt: undefined,
    });
  });

  it('creates a user who is disabled or whose address was verified elsewhere', async () => {
    const { email } = await addUser(stores.users, { disabled: true, emailVerified: true });
    const user = await stores.users.findByLogin(email);
    expect(user).toMatchObject({ disabledAt: expect.any(Date), emailVerifiedAt: expect.any(Date) });
    expect(user).not.toHaveProperty('disabled');
  });

  it('finds a user by e-mail address and by username without regard to case', async () => {
    const user = await addUser(stores.users, { email: 'Grace@Clinic.test', username: 'GraceH' });
    expect(user).toMatchObject({ email: 'grace@clinic.test', username: 'GraceH' });
    for (const login of ['grace@clinic.test', 'GRACE@CLINIC.TEST', 'graceh', 'GRACEH', 'GraceH'])
      expect(await stores.users.findByLogin(login)).toEqual(user);
  });

  it('samples the password hashes that are stored, and no more than were asked for', async () => {
    await addUser(stores.users);
    await addUser(stores.users, { passwordHash: undefined });
    const [one] = await stores.users.samplePasswordHashes(1);
    expect([undefined, newUser().passwordHash]).toContain(one);
    const some = await stores.users.samplePasswordHashes(200);
    expect(some.length).toBeGreaterThan(0);
    expect(some.length).toBeLessThanOrEqual(200);
    expect(new Set(some)).toEqual(new Set([newUser().passwordHash]));
  });

  it('finds nobody by a login that is of nobody', async () => {
    await addUser(stores.users);
    for (const login of ['', 'nobody', '%', '_', "' or true --", 'x\0y', '\ud800', 'x'.repeat(100_000)])
      expect(await stores.users.findByLogin(login)).toBeUndefined();
  });

  it('finds nobody by what is no id of a user', async () => {
    for (const id of [createId('user'), createId('session'), '', 'x\0y'])
      expect(await stores.users.findById(id)).toBeUndefined();
  });

  it.each([
    ['email', { email: 'TAKEN@clinic.test' }],
    ['username', { username: 'TAKEN' }],
    ['patient_id', { patientId: 'p-taken' }],
    ['doctor_id', { doctorId: 'd-taken' }],
  ])(
    'says that the %s is taken where another user has it, and changes nothing',
    async (member, difference) => {
      const first = {
        email: 'taken@clinic.test',
        username: 'taken',
        patientId: 'p-taken',
        doctorId: 'd-taken',
      };
      await stores.users.create(newUser(first));
      const second = newUser(difference);
      expect(await stores.users.create(second)).toEqual({ kind: 'taken', member });
      const login = 'email' in difference ? second.username : second.email;
      expect(await stores.users.findByLogin(login)).toBeUndefined();
      const third = await addUser(stores.users);
      expect(await stores.users.update(third.id, difference)).toEqual({ kind: 'taken', member });
      expect(await stores.users.findById(third.id)).toEqual(third);
    },
  );

  it('lets one of twenty simultaneous creations of an account through', async () => {
    const wanted = newUser();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => stores.users.create(wanted)));
    expect(outcomes.filter(({ kind }) => kind === 'created')).toHaveLength(1);
  });

  it('still finds a disabled user, and tells since when', async () => {
    const user = await addUser(stores.users);
    await stores.disableUser(user.id);
    expect((await stores.users.findByLogin(user.email))?.disabledAt).toBeInstanceOf(Date);
  });
});
