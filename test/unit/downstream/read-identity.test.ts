import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identityOf } from '../../../src/downstream/identity-of.ts';
import { readIdentity } from '../../../src/downstream/read-identity.ts';
import { isRoleName } from '../../../src/identity/role-name.ts';

const DOCTOR = {
  'x-user-id': 'usr_1',
  'x-user-roles': 'admin,doctor',
  'x-consumer-username': 'doctor@demo.test',
  'x-session-id': 'ses_1',
};
const NOBODY = { 'x-user-id': '', 'x-user-roles': '', 'x-consumer-username': '', 'x-session-id': '' };
const IDENTITY = {
  userId: 'usr_1',
  roles: ['admin', 'doctor'],
  username: 'doctor@demo.test',
  sessionId: 'ses_1',
};
const refused = (because: string) => ({ kind: 'refused', because });
const without = (name: string) => Object.fromEntries(Object.entries(DOCTOR).filter(([key]) => key !== name));

describe.each([
  ['an object as of Node', (fields: Readonly<Record<string, string>>) => fields],
  ['Headers', (fields: Readonly<Record<string, string>>) => new Headers(fields)],
  [
    'an object of lists',
    (fields: Readonly<Record<string, string>>) =>
      Object.fromEntries(Object.entries(fields).map(([name, value]) => [name.toUpperCase(), [value]])),
  ],
])('readIdentity of %s', (_shape, make) => {
  it('tells who is calling', () => {
    expect(readIdentity(make(DOCTOR))).toEqual({ kind: 'identified', identity: IDENTITY });
  });

  it('tells a program, which has neither name nor session nor perhaps roles', () => {
    expect(readIdentity(make({ ...NOBODY, 'x-user-id': 'cli_1' }))).toEqual({
      kind: 'identified',
      identity: { userId: 'cli_1', roles: [], username: undefined, sessionId: undefined },
    });
  });

  it('takes empty headers for a caller without a credential', () => {
    expect(readIdentity(make(NOBODY))).toEqual({ kind: 'anonymous' });
  });

  it.each(Object.keys(DOCTOR))(
    'refuses a request without %s, which did not come through Wardgate',
    (name) => {
      expect(readIdentity(make(without(name)))).toEqual(refused('not_behind_wardgate'));
    },
  );

  it('takes missing for empty where a proxy drops empty headers', () => {
    const options = { emptyHeaders: 'dropped' } as const;

    expect(readIdentity(make({}), options)).toEqual({ kind: 'anonymous' });
    expect(readIdentity(make(without('x-session-id')), options)).toMatchObject({
      identity: { sessionId: undefined },
    });
    expect(readIdentity(make(without('x-user-id')), options)).toEqual(refused('header_malformed'));
  });

  it.each([
    ['x-user-id', 'usr_1, usr_2', 'header_repeated'],
    ['x-user-id', 'usr_1,usr_2', 'header_repeated'],
    ['x-user-id', 'usr_\u00e9', 'header_malformed'],
    ['x-user-id', 'x'.repeat(1025), 'header_malformed'],
    ['x-user-id', '', 'header_malformed'],
    ['x-session-id', 'ses_1, ses_1', 'header_repeated'],
    ['x-consumer-username', 'Doe, Jane', 'header_repeated'],
    ['x-user-roles', 'doctor, admin', 'header_malformed'],
    ['x-user-roles', 'doctor,doctor', 'header_malformed'],
    ['x-user-roles', 'doctor,', 'header_malformed'],
    ['x-user-roles', 'Doctor', 'header_malformed'],
    ['x-user-roles', 'doctor admin', 'header_malformed'],
    ['x-user-roles', 'doctor;admin', 'header_malformed'],
  ])('refuses %s: %s', (name, value, because) => {
    expect(readIdentity(make({ ...DOCTOR, [name]: value }))).toEqual(refused(because));
  });
});

describe('readIdentity', () => {
  it('refuses each header that stands twice', () => {
    for (const name of Object.keys(DOCTOR) as (keyof typeof DOCTOR)[]) {
      const twice = [DOCTOR[name], DOCTOR[name]];
      const appended = new Headers(DOCTOR);
      appended.append(name, DOCTOR[name]);

      expect(readIdentity({ ...DOCTOR, [name]: twice })).toEqual(refused('header_repeated'));
      expect(readIdentity({ ...DOCTOR, [name.toUpperCase()]: DOCTOR[name] })).toEqual(
        refused('header_repeated'),
      );
      expect(readIdentity(appended).kind).toBe('refused');
    }
  });

  it.each(['x_user_id', 'X_User_Id', 'x.user.id', 'authorization', 'get'])('does not look at %s', (name) => {
    expect(readIdentity({ ...DOCTOR, [name]: 'usr_2' })).toEqual({ kind: 'identified', identity: IDENTITY });
  });

  it('never makes a role of what is none, nor an identity of a joined header', () => {
    const text = fc.string({ unit: fc.constantFrom(...'aB1,;: _-\u0000\u00e9\t') });
    fc.assert(
      fc.property(text, text, text, text, (userId, roles, username, sessionId) => {
        const reading = readIdentity({
          'x-user-id': userId,
          'x-user-roles': roles,
          'x-consumer-username': username,
          'x-session-id': sessionId,
        });
        if (reading.kind !== 'identified') return;
        const { identity } = reading;
        expect(identity.roles.every(isRoleName)).toBe(true);
        expect(identity.roles.join(',')).toBe(roles);
        expect([identity.userId, identity.username ?? '', identity.sessionId ?? '']).toEqual([
          userId,
          username,
          sessionId,
        ]);
        expect(`${userId}${username}${sessionId}`).not.toMatch(/[,\0\t\u00e9]/);
      }),
    );
  });

  it('reads back whatever Wardgate may write', () => {
    const role = fc.stringMatching(/^[a-z0-9][a-z0-9_.:-]{0,20}$/);
    const value = fc.stringMatching(/^[!-+\--~](?:[ -+\--~]{0,20}[!-+\--~])?$/);
    fc.assert(
      fc.property(value, fc.uniqueArray(role), fc.option(value), (userId, roles, username) => {
        const fields = {
          ...NOBODY,
          'x-user-id': userId,
          'x-user-roles': roles.join(','),
          'x-consumer-username': username ?? '',
        };
        const identity = { userId, roles, username: username ?? undefined, sessionId: undefined };
        expect(readIdentity(fields)).toEqual({ kind: 'identified', identity });
        expect(readIdentity(new Headers(fields))).toEqual({ kind: 'identified', identity });
      }),
    );
  });
});

it('identityOf reads a bare Request', async () => {
  const request = new Request('http://patients.test/x', { headers: DOCTOR });

  await expect(identityOf(request)).resolves.toEqual({ kind: 'identified', identity: IDENTITY });
  await expect(identityOf(new Request('http://patients.test/x'))).resolves.toEqual(
    refused('not_behind_wardgate'),
  );
});
