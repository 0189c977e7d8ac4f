import type { UserStore } from '../../core/accounts/user-store.ts';
import type { PasswordHasher } from '../../core/passwords/password-hasher.ts';

/** The password of every demo user. It is public: it stands in the documentation. */
export const DEMO_PASSWORD = 'wardgate-demo-passphrase';

/** The users that the demo can be tried with. */
export const DEMO_USERS = [
  {
    email: 'patient@demo.test',
    username: 'patient',
    roles: ['patient'],
    patientId: 'p-100',
    doctorId: undefined,
  },
  {
    email: 'doctor@demo.test',
    username: 'doctor',
    roles: ['doctor'],
    patientId: undefined,
    doctorId: 'd-200',
  },
  {
    email: 'admin@demo.test',
    username: 'admin',
    roles: ['admin'],
    patientId: undefined,
    doctorId: undefined,
  },
] as const;

/** Creates the demo users that are not there yet. Does NOT touch those that are. */
export async function seedDemoUsers(users: UserStore, hasher: PasswordHasher): Promise<void> {
  for (const user of DEMO_USERS) {
    if ((await users.findByLogin(user.email)) !== undefined) continue;
    const passwordHash = await hasher.hash(DEMO_PASSWORD);
    await users.create({ ...user, passwordHash });
  }
}
