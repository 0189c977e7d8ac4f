import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPostgresStores, type Stores } from '../../../src/entry/postgres-stores.ts';
import { addClient, newSession } from '../../contract/stores-under-test.ts';
import { SESSION_LIMITS } from '../../support/core/session-limits.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres/database.ts';
import { hasProgram } from '../../support/programs/real-parts.ts';
import { createLogReader } from '../../support/revocations/log-reader.ts';
import { callWardgate, runInTerminal, runWardgate } from '../../support/wardgate/wardgate-command.ts';

const PASSWORD = 'seven purple kettles sing';

let database: TestDatabase;
let stores: Stores;
beforeAll(async () => {
  database = await createTestDatabase();
  stores = createPostgresStores(database.database);
});
afterAll(() => database.drop());

/** In a process of its own where it reads its standard input. */
function wardgate(line: string, input?: string) {
  const env = { DATABASE_URL: database.url };
  return input === undefined
    ? callWardgate(line.split(' '), env)
    : runWardgate(line.split(' '), { env, input });
}

async function auditOf(userId: string) {
  const { sql } = database.database;
  return sql`select type, outcome, actor_kind from audit_events where target_id = ${userId} order by sequence`;
}

describe('wardgate users create', () => {
  it('creates a user with the password of the standard input, with roles and links, and prints its id', async () => {
    const created = await wardgate(
      'users create --email Jo@clinic.test --username jo --role doctor --role nurse,auditor --doctor-id d-1',
      `${PASSWORD}\n`,
    );
    expect(created).toEqual({ code: 0, out: expect.stringMatching(/^usr_[0-9a-f]{32}\n$/), error: '' });
    const user = await stores.users.findById(created.out.trim());
    expect(user).toMatchObject({
      email: 'jo@clinic.test',
      roles: ['doctor', 'nurse', 'auditor'],
      doctorId: 'd-1',
    });
    expect(user?.passwordHash).toMatch(/^\$argon2id\$/);
    expect(await auditOf(created.out.trim())).toEqual([
      { type: 'user.created', outcome: 'success', actor_kind: 'command_line' },
    ]);
  });

  it('creates a user without a password where that is said, and reads none then', async () => {
    const { out } = await wardgate(
      'users create --email lu@clinic.test --username lu --without-password',
      PASSWORD,
    );
    const user = await stores.users.findById(out.trim());
    expect(user).toMatchObject({ username: 'lu', roles: [] });
    expect(user?.passwordHash).toBeUndefined();
  });

  it.each([
    [
      'users create --email kim@clinic.test --username kim',
      'too short',
      /^the password is too short: 15 characters/,
    ],
    ['users create --email kim@clinic.test --username kim', '', /^expected a password, found none$/],
    [
      'users create --email LU@clinic.test --username kim',
      PASSWORD,
      /^another user has this e-mail address$/,
    ],
    [
      'users create --email kim --username kim@x --role Admin',
      PASSWORD,
      /^--email: expected .*\n--username: .*\n--role: /,
    ],
  ])('%s ends with 1 and creates nobody', async (line, input, why) => {
    const outcome = await wardgate(line, input);
    expect(outcome).toMatchObject({ code: 1, out: '' });
    expect(outcome.error.trimEnd()).toMatch(why);
    expect(outcome.error).not.toContain(PASSWORD);
    expect(await stores.users.findByLogin('kim')).toBeUndefined();
  });

  it('knows no option for a password', async () => {
    const outcome = await wardgate(`users create --email kim@x.test --username kim --password=${PASSWORD}`);
    expect(outcome).toMatchObject({ code: 2, out: '' });
    expect(outcome.error).not.toContain(PASSWORD);
  });

  it.skipIf(!hasProgram('script'))('asks at a terminal, twice, and does not show what is typed', async () => {
    const line = 'users create --email mo@clinic.test --username mo';
    const shown = await runInTerminal(line.split(' '), {
      env: { DATABASE_URL: database.url },
      answers: [
        [/Password: /, `${PASSWORD}\r`],
        [/The same again: /, `${PASSWORD}\r`],
      ],
    });
    expect(shown).toMatch(/usr_[0-9a-f]{32}/);
    expect(shown).not.toContain('kettles');
    expect((await stores.users.findByLogin('mo'))?.passwordHash).toMatch(/^\$argon2id\$/);
  });
});

describe('wardgate users list, disable and enable', () => {
  it('lists users as a table and as lines of JSON, without their hashes', async () => {
    await wardgate('users create --email ann@clinic.test --username ann --role reader --without-password');
    const table = await wardgate('users list --role reader');
    expect(table.out.split('\n')).toEqual([
      expect.stringMatching(/^ID +EMAIL +USERNAME +ROLES +PATIENT +DOCTOR +STATE +CREATED$/),
      expect.stringMatching(/^usr_\w+ +ann@clinic\.test +ann +reader +- +- +active +20/),
      '',
    ]);
    const lines = await wardgate('users list --search ANN@ --json');
    expect(
      lines.out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([expect.objectContaining({ username: 'ann', roles: ['reader'], disabled: false })]);
    expect(lines.out).not.toMatch(/hash/i);
  });

  it('disables a user, whom any of its names names, and ends its sessions', async () => {
    const { out } = await wardgate('users create --email bo@clinic.test --username bo --without-password');
    const userId = out.trim();
    const session = await stores.sessions.begin(newSession(userId));
    expect(await wardgate('users disable BO@clinic.test')).toEqual({
      code: 0,
      out: `${userId} is disabled\n`,
      error: '',
    });
    expect((await stores.users.findById(userId))?.disabledAt).toBeDefined();
    expect(await stores.sessions.findActiveById(session.id, SESSION_LIMITS)).toBeUndefined();
    expect((await auditOf(userId)).map(({ type }) => type)).toEqual(['user.created', 'user.disabled']);
    expect((await wardgate('users list --search bo@')).out).toContain('disabled');
    await wardgate('users create --email boss@clinic.test --username boss --role admin --without-password');
    expect(await wardgate('users disable boss')).toEqual({
      code: 1,
      out: '',
      error: expect.stringMatching(/^usr_\w+ was not disabled: nobody else has the role admin\n$/),
    });
    expect(await wardgate('users disable nobody')).toEqual({
      code: 1,
      out: '',
      error: 'there is no user "nobody"\n',
    });
  });

  it('lets a disabled user log in again, whose ended sessions stay ended', async () => {
    const { out } = await wardgate('users create --email al@clinic.test --username al --without-password');
    const userId = out.trim();
    const session = await stores.sessions.begin(newSession(userId));
    const { appendedBy } = createLogReader(stores.revocationLog);
    expect(await appendedBy(() => wardgate('users disable al'))).toContain(`user ${userId}`);
    const enable = async () =>
      expect(await wardgate('users enable AL@clinic.test')).toEqual({
        code: 0,
        out: `${userId} is enabled\n`,
        error: '',
      });
    expect(await appendedBy(enable)).toEqual([]);
    expect((await stores.users.findById(userId))?.disabledAt).toBeUndefined();
    expect(await stores.sessions.findActiveById(session.id, SESSION_LIMITS)).toBeUndefined();
    expect(await auditOf(userId)).toEqual(
      ['user.created', 'user.disabled', 'user.enabled'].map((type) => ({
        type,
        outcome: 'success',
        actor_kind: 'command_line',
      })),
    );
    expect(await wardgate('users enable nobody')).toMatchObject({
      code: 1,
      error: 'there is no user "nobody"\n',
    });
  });
});

describe('wardgate sessions', () => {
  it('lists the sessions of a user, and ends one or all of them', async () => {
    const { out } = await wardgate('users create --email cy@clinic.test --username cy --without-password');
    const userId = out.trim();
    const client = await addClient(stores.clientStore);
    const begin = (clientId?: string) =>
      stores.sessions.begin(newSession(userId, { clientId, userAgent: 'odd\u001b[2J' }));
    const [first, second, third] = [await begin(), await begin(), await begin(client.id)];
    const table = await wardgate('sessions list cy');
    for (const { id } of [first, second, third, client]) expect(table.out).toContain(id);
    expect(table.out).toContain('odd?[2J');

    expect(await wardgate(`sessions revoke ${first.id}`)).toMatchObject({ code: 0, error: '' });
    expect(await wardgate(`sessions revoke ${first.id}`)).toMatchObject({ code: 1 });
    const left = (await wardgate('sessions list cy --json')).out.trim().split('\n');
    expect(left.map((line) => JSON.parse(line).id)).toEqual([second.id, third.id]);

    expect(await wardgate('sessions revoke --user cy')).toMatchObject({ code: 0, error: '' });
    expect(await wardgate('sessions list cy --json')).toEqual({ code: 0, out: '', error: '' });
    expect(await auditOf(first.id)).toEqual([
      { type: 'session.ended', outcome: 'success', actor_kind: 'command_line' },
      { type: 'session.ended', outcome: 'refused', actor_kind: 'command_line' },
    ]);
    expect((await auditOf(userId)).at(-1)).toMatchObject({ type: 'session.ended', outcome: 'success' });
  });

  it('wants one session or one user', async () => {
    for (const line of ['sessions revoke', 'sessions revoke ses_1 --user cy'])
      expect(await wardgate(line)).toMatchObject({ code: 1, error: expect.stringContaining('and not both') });
  });
});

describe('wardgate seed', () => {
  it('creates the users of the demo, and touches none that is there', async () => {
    const taken = await wardgate('users create --email d@clinic.test --username doctor --without-password');
    const first = await wardgate('seed');
    expect(first).toMatchObject({ code: 0, error: '' });
    expect(first.out).toMatch(
      /^patient@demo\.test: created\ndoctor@demo\.test: not created[^\n]*\nadmin@demo\.test: created\n/,
    );
    const before = await stores.users.list({
      search: undefined,
      role: undefined,
      after: undefined,
      limit: 100,
    });
    const second = await wardgate('seed');
    expect(second.out).toMatch(/^patient@demo\.test: was there\n/);
    expect(first.out).toContain('\nPassword of the created: ');
    expect(second.out).toMatch(/\nNobody was created, and no password was changed\n$/);
    const after = await stores.users.list({
      search: undefined,
      role: undefined,
      after: undefined,
      limit: 100,
    });
    expect(after).toEqual(before);
    expect(after.users.find(({ username }) => username === 'doctor')?.id).toBe(taken.out.trim());
  });

  it('refuses production', async () => {
    const env = { DATABASE_URL: database.url, NODE_ENV: 'production' };
    expect(await callWardgate(['seed'], env)).toMatchObject({
      code: 1,
      error: expect.stringContaining('not for production'),
    });
  });
});
