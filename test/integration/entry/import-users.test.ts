import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPostgresStores, type Stores } from '../../../src/entry/postgres-stores.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres/database.ts';
import { callWardgate, runWardgate } from '../../support/wardgate/wardgate-command.ts';
import { startWardgateProcess } from '../../support/wardgate/wardgate-process.ts';
import { PASSWORD_VECTORS, VECTOR_PASSWORD } from '../../unit/core/passwords/password-vectors.ts';

const folder = mkdtempSync(join(tmpdir(), 'wardgate-import-'));
const BCRYPT = vector('bcrypt $2b$');
const DJANGO = vector('Django pbkdf2_sha256');

let database: TestDatabase;
let stores: Stores;
beforeAll(async () => {
  database = await createTestDatabase();
  stores = createPostgresStores(database.database);
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

function vector(system: string): string {
  const [, hash = ''] = PASSWORD_VECTORS.find(([name]) => name === system) ?? [];
  return hash;
}

function importing(name: string, content: string | Uint8Array, ...options: string[]) {
  const file = join(folder, name);
  writeFileSync(file, content);
  return callWardgate(['users', 'import', file, ...options], { DATABASE_URL: database.url });
}

/** What was reported of lines, without the file's name. */
function reported({ error }: { readonly error: string }): string[] {
  return error
    .trim()
    .split('\n')
    .map((line) => line.slice(line.indexOf(':') + 1));
}

describe('wardgate users import', () => {
  it('takes users over who then log in with their old passwords', async () => {
    const outcome = await importing(
      'good.csv',
      [
        'email,username,display_name,roles,password_hash,patient_id,doctor_id,email_verified,disabled',
        `Ann@clinic.test,ann,"Ann, ""the first""",patient,${BCRYPT},p-1,,true,`,
        `ben@clinic.test,ben,,"doctor,on-call",${DJANGO},,d-1,,0`,
        `cid@clinic.test,cid,,,,,,no,true\r`,
      ].join('\n'),
    );
    expect(outcome).toEqual({ code: 0, out: '3 imported, 0 skipped, 0 bad\n', error: '' });
    expect(await stores.users.findByLogin('ann')).toMatchObject({
      email: 'ann@clinic.test',
      displayName: 'Ann, "the first"',
      roles: ['patient'],
      patientId: 'p-1',
      emailVerifiedAt: expect.any(Date),
      disabledAt: undefined,
    });
    expect(await stores.users.findByLogin('ben')).toMatchObject({
      roles: ['doctor', 'on-call'],
      doctorId: 'd-1',
    });
    expect(await stores.users.findByLogin('cid')).toMatchObject({
      passwordHash: undefined,
      disabledAt: expect.any(Date),
    });
    const events = await database.database
      .sql`select outcome, actor_kind from audit_events where type = 'user.imported'`;
    expect(events).toEqual(Array(3).fill({ outcome: 'success', actor_kind: 'command_line' }));

    const wardgate = await startWardgateProcess({
      DATABASE_URL: database.url,
      WARDGATE_SECRET: 's'.repeat(32),
    });
    try {
      const logIn = async (login: string, password: string) => {
        const response = await fetch(`http://127.0.0.1:${wardgate.port}/v1/auth/sessions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ login, password }),
        });
        return response.status;
      };
      for (const login of ['ann', 'ben@clinic.test']) expect(await logIn(login, VECTOR_PASSWORD)).toBe(201);
      expect(await logIn('ann', 'another password')).toBe(401);
      expect(await logIn('cid', VECTOR_PASSWORD)).toBe(401);
    } finally {
      await wardgate.stop();
    }
  });

  it('reports each bad line by its number and reason, imports the others, and ends with 1', async () => {
    const secret = 'plain-text-that-is-no-hash';
    const lines = [
      'email,username,roles,password_hash,password_salt,display_name',
      'e1@clinic.test,e1,,,,"two',
      'lines"',
      'e2@clinic.test,e2,,,,',
      'not an address,e 3,Admin,,,',
      `e4@clinic.test,e4,,${secret},,`,
      'e5@clinic.test,e5,,,salt,',
      'e6@clinic.test,e6,,$2b$31$332eqsZytnloQgAHhje6f.xT0xfzoOU12TaVDgrJbopUDBoBd6axG,,',
      'E2@clinic.test,e7,,,,',
      'e8@clinic.test,E2,,,,',
      'e9@clinic.test,e9',
      '',
      `e10@clinic.test,e10,,${'x'.repeat(20_000)},,`,
      'e11@clinic.test,e11,,,,\udcff',
      'e12@clinic.test,e12,,,,"a"b',
      'e13@clinic.test,e13,,pbkdf2:sha256:20000:SwPOx0cwYoVHeZ5hqM3jvQ0n+GbQ3RiYk8mVXCpgx4E=,pepper,',
    ].join('\n');
    const bytes = Uint8Array.from(Buffer.from(lines));
    bytes[Buffer.from(lines).indexOf('\ufffd')] = 0xff;
    const outcome = await importing('bad.csv', bytes);
    expect(outcome.code).toBe(1);
    expect(outcome.out).toBe('2 imported, 0 skipped, 11 bad\n');
    expect(reported(outcome)).toEqual([
      '2: display_name: expected a display name of one line, 128 characters at most',
      expect.stringMatching(
        /^5: email: expected an e-mail address; username: expected .*; roles: expected role names/,
      ),
      '6: password_hash: found a form of hash that is not known',
      '7: password_salt: expected a password_hash beside it',
      '8: password_hash: found a hash whose cost is out of bounds',
      '9: an earlier line of this file has the same email',
      '10: an earlier line of this file has the same username',
      '11: expected 6 fields, found 2',
      '13: the line is longer than 16 KiB',
      '14: the line is not text in UTF-8',
      '15: the line is not well-formed CSV',
    ]);
    expect(outcome.error).not.toContain(secret);
    expect(await stores.users.findByLogin('e2')).toBeDefined();
    expect((await stores.users.findByLogin('e13'))?.passwordHash).toMatch(
      /^pbkdf2_sha256\$20000\$|^\$pbkdf2-sha256\$/,
    );
    for (const login of ['e1', 'e4', 'e5', 'e6', 'e7', 'e8', 'e9', 'e10', 'e11', 'e12'])
      expect(await stores.users.findByLogin(login), login).toBeUndefined();
  });

  it('leaves users alone who are there, and tells them from names and links that others have', async () => {
    await importing('first.csv', 'email,username,patient_id\nf1@clinic.test,f1,p-f1\n');
    const before = await stores.users.findByLogin('f1');
    const outcome = await importing(
      'second.csv',
      'email,username,patient_id,roles\nf1@clinic.test,other,p-f1,admin\nf2@clinic.test,F1,,\nf3@clinic.test,f3,p-f1,\nf4@clinic.test,f4,,\n',
    );
    expect(outcome).toMatchObject({ code: 1, out: '1 imported, 1 skipped, 2 bad\n' });
    expect(reported(outcome)).toEqual([
      '2: skipped, because the user is there already',
      '3: another user has this username',
      '4: an earlier line of this file has the same patient_id',
    ]);
    expect(await stores.users.findByLogin('f1')).toEqual(before);
    const linked = await importing('third.csv', 'email,username,patient_id\nf5@clinic.test,f5,p-f1\n');
    expect(reported(linked)).toEqual(['2: another user is linked to this patient']);
  });

  it('reads JSON lines, also from standard input', async () => {
    const rows = [
      JSON.stringify({
        email: 'g1@clinic.test',
        username: 'g1',
        roles: ['nurse'],
        email_verified: true,
        display_name: null,
      }),
      '{"email": "hidden',
      '[]',
      JSON.stringify({ email: 'g2@clinic.test', username: 'g2', password: 'hidden' }),
      JSON.stringify({ email: 'g3@clinic.test', username: 'g3', disabled: 'perhaps', roles: 7 }),
      JSON.stringify({ email: 'g4@clinic.test', username: 'g4', roles: 'nurse doctor' }),
    ];
    const outcome = await runWardgate(['users', 'import', '-', '--format', 'jsonl'], {
      env: { DATABASE_URL: database.url },
      input: `\ufeff${rows.join('\r\n')}\r\n`,
    });
    expect(outcome).toMatchObject({ code: 1, out: '2 imported, 0 skipped, 4 bad\n' });
    expect(reported(outcome)).toEqual([
      '2: the line is not a JSON object',
      '3: the line is not a JSON object',
      expect.stringMatching(/^4: expected only members of email, username, /),
      expect.stringMatching(/^5: roles: expected role names.*; disabled: expected true or false$/),
    ]);
    expect(outcome.error).not.toContain('hidden');
    expect(await stores.users.findByLogin('g1')).toMatchObject({
      roles: ['nurse'],
      emailVerifiedAt: expect.any(Date),
    });
    expect(await stores.users.findByLogin('g4')).toMatchObject({ roles: ['nurse', 'doctor'] });
  });

  it('tells with --dry-run what would be, and changes nothing', async () => {
    await importing('h.csv', 'email,username\nh0@clinic.test,h0\nh1@clinic.test,h1\n');
    const content = 'email,username\nh1@clinic.test,h1\nh2@clinic.test,h2\nh3@clinic.test,H0\nbad,h4\n';
    const outcome = await importing('dry.csv', content, '--dry-run');
    expect(outcome).toMatchObject({ code: 1, out: 'Nothing was changed: 1 imported, 1 skipped, 2 bad\n' });
    expect(reported(outcome)[1]).toBe('4: another user has this username');
    expect(await stores.users.findByLogin('h2')).toBeUndefined();
  });

  it.each([
    ['no header', `jo@clinic.test,jo,${BCRYPT}\n`],
    ['an unknown column', 'email,username,password\n'],
    ['a column twice', 'email,username,email\n'],
    ['no username', 'email,roles\n'],
    ['nothing', ''],
  ])('does nothing with a CSV file that has %s', async (_, content) => {
    const outcome = await importing('header.csv', content);
    expect(outcome).toMatchObject({ code: 1, out: '' });
    expect(outcome.error).toMatch(
      /^expected a first line of names of columns, of email, username, .*; found .*\n$/,
    );
    expect(outcome.error).not.toContain(BCRYPT);
  });

  it('says what is wrong with the file itself', async () => {
    const env = { DATABASE_URL: database.url };
    expect(await callWardgate(['users', 'import', join(folder, 'nowhere.csv')], env)).toEqual({
      code: 1,
      out: '',
      error: `${join(folder, 'nowhere.csv')} cannot be read (ENOENT)\n`,
    });
    expect((await callWardgate(['users', 'import', 'users.xls'], env)).error).toContain('or --format');
  });
});
