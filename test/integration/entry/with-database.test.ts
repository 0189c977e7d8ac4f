import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startEmbeddedPostgres } from '../../../src/adapters/node/embedded-postgres/embedded-postgres.ts';
import { type CommandDatabase, withDatabase } from '../../../src/entry/commands/with-database.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres/database.ts';
import { runWardgate } from '../../support/wardgate/wardgate-command.ts';

let migrated: TestDatabase;
beforeAll(async () => {
  migrated = await createTestDatabase();
});
afterAll(() => migrated.drop());

async function run(env: Record<string, string>, work: (opened: CommandDatabase) => Promise<number>) {
  let error = '';
  const writeError = (text: string) => {
    error += text;
  };
  const code = await withDatabase({ env, writeOut: () => {}, writeError }, work);
  return { code, error };
}

describe('a command on the database', () => {
  it('has stored what it recorded for the audit log when it ends', async () => {
    const event = { type: 'audit.read', outcome: 'success' } as const;
    const outcome = await run({ DATABASE_URL: migrated.url }, async ({ audit, by }) => {
      audit.record({ ...event, actor: by.actor });
      return 3;
    });
    expect(outcome).toEqual({ code: 3, error: '' });
    const rows = await migrated.database.sql`select type, actor_kind from audit_events`;
    expect(rows).toEqual([{ type: 'audit.read', actor_kind: 'command_line' }]);
  });

  it('says what to run where the schema is not current', async () => {
    const empty = await createTestDatabase('empty');
    onTestFinished(() => empty.drop());
    const refused = {
      code: 1,
      error: 'the database does not have the current schema: run `wardgate migrate` first\n',
    };
    expect(await run({ DATABASE_URL: empty.url }, async () => 0)).toEqual(refused);
    await empty.database.sql.unsafe(
      'create schema drizzle; create table drizzle.__drizzle_migrations (created_at bigint); insert into drizzle.__drizzle_migrations values (1)',
    );
    expect(await run({ DATABASE_URL: empty.url }, async () => 0)).toEqual(refused);
  });

  it('ends with one line and 1 where the database is not there', async () => {
    const { code, error } = await run(
      { DATABASE_URL: 'postgres://u:hidden-word@127.0.0.1:1/w' },
      async () => 0,
    );
    expect(code).toBe(1);
    expect(error).toMatch(
      /^Postgres did not answer \(ECONNREFUSED\); is DATABASE_URL right, and Postgres up\?\n$/,
    );
  });

  it('ends with one line and 1 on an error that nobody foresaw, whose message it keeps to itself', async () => {
    const { code, error } = await run({ DATABASE_URL: migrated.url }, async () => {
      throw new TypeError('hidden-word');
    });
    expect(code).toBe(1);
    expect(error).toBe(
      'the command failed on an unexpected TypeError (LOG_LEVEL=debug shows where): please report it\n',
    );
  });

  it('reads the secrets where it asks for them, and names the variable when production has none', async () => {
    let secrets: readonly string[] = [];
    const work = async ({ readSecrets }: CommandDatabase) => {
      secrets = await readSecrets();
      return 0;
    };
    const production = { DATABASE_URL: migrated.url, NODE_ENV: 'production' };
    const several = `${'a'.repeat(32)},${'b'.repeat(32)}`;
    expect(await run({ ...production, WARDGATE_SECRET: several }, work)).toEqual({ code: 0, error: '' });
    expect(secrets).toEqual(['a'.repeat(32), 'b'.repeat(32)]);
    const { code, error } = await run(production, work);
    expect(code).toBe(1);
    expect(error).toMatch(/^WARDGATE_SECRET: expected a secret.*\n$/);
    expect(await run(production, async () => 0)).toEqual({ code: 0, error: '' });
  });
});

describe('the embedded database', () => {
  it('is joined where a process runs it, and started where none does', async () => {
    const cwd = await mkdtemp(join(tmpdir(), 'wardgate-command-'));
    onTestFinished(() => rm(cwd, { recursive: true }));
    const dataDirectory = join(cwd, '.wardgate', 'postgres');
    const running = await startEmbeddedPostgres({ dataDirectory, log: silentLog, durable: false });
    try {
      expect(await runWardgate(['migrate'], { cwd })).toMatchObject({ code: 0, error: '' });
      const again = await runWardgate(['migrate'], { cwd });
      expect(again).toEqual({
        code: 0,
        out: 'Nothing to do: the database has the current schema\n',
        error: '',
      });
    } finally {
      await running.stop();
    }
    const alone = await runWardgate(['migrate'], { cwd });
    expect(alone).toEqual({
      code: 0,
      out: 'Nothing to do: the database has the current schema\n',
      error: '',
    });
  });
});
