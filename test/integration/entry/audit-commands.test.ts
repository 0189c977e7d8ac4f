import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createPostgresAuditStore } from '../../../src/adapters/postgres/audit-store-postgres.ts';
import type { AuditEvent } from '../../../src/core/audit/audit-log.ts';
import { auditCommand } from '../../../src/entry/commands/audit/audit-command.ts';
import { timedAuditEvent } from '../../support/core/audit-events.ts';
import { createTestDatabase } from '../../support/postgres/database.ts';
import { runCaptured } from '../../support/programs/captured-command.ts';
import { runWardgate } from '../../support/wardgate/wardgate-command.ts';

const USER = `usr_${'1'.repeat(32)}`;
const EVENTS: readonly Partial<AuditEvent>[] = [
  {
    type: 'session.begun',
    actor: { kind: 'user', id: USER },
    target: { kind: 'session', id: 'ses_1' },
    request: { requestId: 'req-1', clientAddress: '192.0.2.7' },
    details: {
      transport: 'bearer',
      name: 'Zoë \u001b[2J "quoted"',
      roles: ['b', 'a'],
      whole: true,
      share: 0.1,
    },
  },
  { type: 'session.begun', outcome: 'refused', reason: 'password_wrong', actor: { kind: 'anonymous' } },
  { type: 'user.updated', target: { kind: 'user', id: USER } },
  { type: 'session.ended', reason: 'all_of_user' },
  { type: 'user.deleted' },
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wardgate-audit-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A database with five events, and the command on it. */
async function startWithEvents() {
  const { url, database, drop } = await createTestDatabase();
  onTestFinished(drop);
  const store = createPostgresAuditStore(database);
  await store.append(EVENTS.map((event) => timedAuditEvent(event)));
  const { hash } = await store.readHead();
  const env = { DATABASE_URL: url };
  const audit = (...args: string[]) => runCaptured(auditCommand, args, env);
  /** Changes rows as somebody could who may switch the trigger off. */
  const tamper = async (statement: string) => {
    await database.sql.unsafe('alter table audit_events disable trigger user');
    await database.sql.unsafe(statement);
  };
  return { store, head: hash.toHex(), audit, tamper, env };
}

function lines(text: string): string[] {
  return text.trimEnd().split('\n');
}

describe('wardgate audit verify', () => {
  it('ends with 0 for a whole log, and prints how much there is and its head', async () => {
    const { audit, head } = await startWithEvents();
    expect(await audit('verify')).toEqual({ code: 0, out: `OK: 5 events, head ${head}\n`, error: '' });
    expect(await audit('head')).toEqual({ code: 0, out: `5 ${head}\n`, error: '' });
  });

  it.each([
    ['a row that was changed', "update audit_events set reason = 'other' where sequence = 2", 2, 'changed'],
    ['details that were changed', "update audit_events set details = '{}' where sequence = 1", 1, 'changed'],
    ['a row that was deleted', 'delete from audit_events where sequence = 3', 3, 'not there'],
    ['the first row deleted', 'delete from audit_events where sequence = 1', 1, 'not there'],
    [
      'two rows that changed places',
      'update audit_events set sequence = case sequence when 2 then 103 else 102 end where sequence in (2, 3); update audit_events set sequence = sequence - 100 where sequence > 100',
      2,
      'changed',
    ],
  ])('ends with 1 and names the first break: %s', async (_what, statement, sequence, because) => {
    const { audit, tamper } = await startWithEvents();
    await tamper(statement);
    const { code, out, error } = await audit('verify');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(error).toMatch(new RegExp(`^The audit log is broken at event ${sequence}: .*${because}.*\n$`));
  });

  it('notices newest rows that were cut off only by a head that was kept elsewhere', async () => {
    const { audit, tamper, head, store } = await startWithEvents();
    expect((await audit('verify', '--head', head)).code).toBe(0);
    await tamper('delete from audit_events where sequence > 3');
    expect((await audit('verify')).code).toBe(0);
    const cut = await audit('verify', '--head', head);
    expect(cut).toMatchObject({ code: 1, out: '' });
    expect(cut.error).toMatch(/has 3 events that fit together, but none with the hash of --head/);
    // What comes afterwards does not heal it.
    await store.append(EVENTS.map((event) => timedAuditEvent(event)));
    expect((await audit('verify', `--head=${head}`)).code).toBe(1);
  });

  it('takes a head that was kept before newer events came', async () => {
    const { audit, head, store } = await startWithEvents();
    await store.append([timedAuditEvent()]);
    expect(await audit('verify', '--head', head)).toMatchObject({ code: 0, error: '' });
  });

  it('refuses a head that is no hash', async () => {
    const { audit } = await startWithEvents();
    expect(await audit('verify', '--head', '5')).toEqual({
      code: 1,
      out: '',
      error: '--head: expected a hash of 64 hexadecimal digits, as `audit head` prints it\n',
    });
  });
});

describe('wardgate audit in a process of its own', () => {
  it('exports to a pipe, and ends with 1 at a log that was tampered with', async () => {
    const { env, tamper, head } = await startWithEvents();
    const exported = await runWardgate(['audit', 'export'], { env });
    expect(exported).toMatchObject({ code: 0, error: `Exported 5 events, head ${head}\n` });
    expect(lines(exported.out)).toHaveLength(5);
    await tamper("update audit_events set outcome = 'success' where sequence = 2");
    expect(await runWardgate(['audit', 'verify'], { env })).toEqual({
      code: 1,
      out: '',
      error: 'The audit log is broken at event 2: it was changed after it was written\n',
    });
  });
});

describe('wardgate audit export', () => {
  it('writes lines that verify without the database, and records that it did', async () => {
    const { audit, head, store } = await startWithEvents();
    const exported = await audit('export');
    expect(exported).toMatchObject({ code: 0, error: `Exported 5 events, head ${head}\n` });
    expect(lines(exported.out).map((line) => JSON.parse(line))).toMatchObject([
      { sequence: 1, type: 'session.begun', details: EVENTS[0]?.details, previousHash: '0'.repeat(64) },
      { sequence: 2, outcome: 'refused', reason: 'password_wrong', actor: { kind: 'anonymous' } },
      { sequence: 3, target: { kind: 'user', id: USER } },
      { sequence: 4 },
      { sequence: 5, hash: head },
    ]);
    const file = join(folder, 'alone.jsonl');
    await writeFile(file, exported.out);
    const verified = await runCaptured(auditCommand, ['verify', '--file', file, '--head', head]);
    expect(verified).toEqual({ code: 0, out: `OK: 5 events, head ${head}\n`, error: '' });
    expect(await store.readChain(5, 10)).toMatchObject([
      { type: 'audit.read', actorKind: 'command_line', details: { form: 'export', rows: 5 } },
    ]);
  });

  it('writes to a file that nobody else may read, and never over one that is there', async () => {
    const { audit, head } = await startWithEvents();
    const file = join(folder, 'export.jsonl');
    expect(await audit('export', '--file', file)).toMatchObject({ code: 0, out: '' });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const text = await readFile(file, 'utf8');
    expect(lines(text)).toHaveLength(5);
    expect(await audit('export', '--file', file)).toEqual({
      code: 1,
      out: '',
      error: `${file} is there already\n`,
    });
    expect(await readFile(file, 'utf8')).toBe(text);
    expect((await audit('verify', '--file', file)).out).toBe(`OK: 5 events, head ${head}\n`);
  });

  it.each<[string, (all: string[]) => string[], RegExp]>([
    ['changed', (all) => all.with(1, all[1]?.replace('password_wrong', 'none') ?? ''), /event 2: .*changed/],
    ['removed', (all) => all.toSpliced(2, 1), /event 3: .*not there/],
    [
      'put in another place',
      (all) => all.with(1, all[2] ?? '').with(2, all[1] ?? ''),
      /event 2: .*not there/,
    ],
    [
      'added to',
      (all) => all.with(0, all[0]?.replace('{', '{"note":"x",') ?? ''),
      /line 1 of .* is no event/,
    ],
    ['cut in the middle', (all) => all.with(4, all[4]?.slice(0, 50) ?? ''), /line 5 of .* is no event/],
  ])('writes a file in which a line shows that was %s', async (_what, change, says) => {
    const { audit } = await startWithEvents();
    const file = join(folder, `${crypto.randomUUID()}.jsonl`);
    await writeFile(file, change(lines((await audit('export')).out)).join('\n'));
    const { code, out, error } = await runCaptured(auditCommand, ['verify', '--file', file]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(error).toMatch(says);
  });

  it('says so where a file cannot be read or written', async () => {
    const { audit } = await startWithEvents();
    const nowhere = join(folder, 'nowhere', 'x');
    expect((await audit('verify', '--file', nowhere)).error).toBe(`${nowhere} cannot be read\n`);
    expect((await audit('export', '--file', nowhere)).error).toBe(`${nowhere} cannot be written\n`);
  });
});

describe('wardgate audit list', () => {
  it('prints events, newest first, and nothing that steers a terminal', async () => {
    const { audit } = await startWithEvents();
    const { code, out, error } = await audit('list');
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(lines(out)).toEqual([
      '2026-01-15T12:00:00.123Z  #5  user.deleted  success  by system',
      '2026-01-15T12:00:00.123Z  #4  session.ended  success (all_of_user)  by system',
      `2026-01-15T12:00:00.123Z  #3  user.updated  success  by system  on user ${USER}`,
      '2026-01-15T12:00:00.123Z  #2  session.begun  refused (password_wrong)  by anonymous',
      expect.stringContaining(
        `#1  session.begun  success  by user ${USER}  on session ses_1  from 192.0.2.7  req-1  {`,
      ),
    ]);
    expect(out).not.toContain('\u001b');
  });

  it('takes the filters and pages of the API, and records what was looked for', async () => {
    const { audit, store } = await startWithEvents();
    const first = await audit('list', '--user', USER, '--limit', '1', '--json');
    expect(JSON.parse(first.out)).toMatchObject({ sequence: 3 });
    const cursor = /--cursor (\S+)\n$/.exec(first.error)?.[1] ?? '';
    const second = await audit('list', '--user', USER, '--limit', '1', '--json', '--cursor', cursor);
    expect(JSON.parse(second.out)).toMatchObject({ sequence: 1 });
    expect(second.error).toBe('');
    expect(await store.readChain(5, 1)).toMatchObject([
      { type: 'audit.read', actorKind: 'command_line', details: { user_id: USER, rows: 1 } },
    ]);
    expect((await audit('list', '--outcome', 'refused')).out).toMatch(/^\S+ {2}#2 .*\n$/);
  });

  it.each([
    ['--type', 'session.started', 'one of user.registered, user.created, '],
    ['--actor', 'usr_', 'the whole id of a user (usr_…), client (cli_…) or API key (apk_…)\n'],
    ['--user', 'somebody', 'the whole id of a user (usr_…)\n'],
    ['--session', 'x', 'the whole id of a session (ses_…)\n'],
    ['--outcome', 'maybe', 'one of success, refused\n'],
    ['--request-id', 'x', 'the id of a request (req_…), as answers and logs name it\n'],
    ['--limit', '1000', 'a whole number from 1 to 100\n'],
    ['--from', 'yesterday', 'a time from 1970 to 9999 with its zone, such as 2026-01-15T12:00:00Z\n'],
    ['--to', '2026-01-15', 'a time from 1970 to 9999 with its zone, such as 2026-01-15T12:00:00Z\n'],
    ['--cursor', 'x', 'what the page before named for the next\n'],
  ])('says what %s expects, for a value that it cannot have', async (option, value, expected) => {
    const { audit } = await startWithEvents();
    const { code, out, error } = await audit('list', option, value);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(error).toContain(`${option}: expected ${expected}`);
    expect(error.trimEnd()).not.toContain('\n');
  });

  it('says of each wrong option what it expects', async () => {
    const { audit } = await startWithEvents();
    const { error } = await audit('list', '--limit', '0', '--outcome', 'x');
    expect(
      error
        .trimEnd()
        .split('\n')
        .map((line) => line.split(':')[0]),
    ).toEqual(['--outcome', '--limit']);
  });
});
