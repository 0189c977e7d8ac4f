import type { AdministerUsers, Administrator } from '../../core/users/administer-users.ts';
import type { UserStore } from '../../core/users/user-store.ts';

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

/** What became of one demo user. */
export interface SeededUser {
  readonly email: string;
  readonly outcome: 'created' | 'was there' | 'not created: its username or link is taken';
}

/** Creates the demo users that are not there yet, one after another. Does NOT touch those that are. */
export async function seedDemoUsers(
  administration: Pick<AdministerUsers, 'create'>,
  users: UserStore,
  by: Administrator,
): Promise<readonly SeededUser[]> {
  const seeded: SeededUser[] = [];
  for (const user of DEMO_USERS) {
    const { email } = user;
    if ((await users.findByLogin(email)) !== undefined) {
      seeded.push({ email, outcome: 'was there' });
      continue;
    }
    const created = await administration.create(by, { ...user, password: DEMO_PASSWORD });
    const outcome = created.ok ? 'created' : 'not created: its username or link is taken';
    seeded.push({ email, outcome });
  }
  return seeded;
}
