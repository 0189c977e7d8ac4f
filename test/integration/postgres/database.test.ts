import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { connectDatabase } from '../../../src/adapters/postgres/database.ts';
import { createPostgresSessionStore } from '../../../src/adapters/postgres/session-store-postgres.ts';
import { createPostgresUserStore } from '../../../src/adapters/postgres/user-store-postgres.ts';
import { createId } from '../../../src/identity/ids.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres/database.ts';
import { startMortalPostgres } from '../../support/postgres/mortal-postgres.ts';

const unavailable = { name: 'UnavailableError', dependency: 'database' };

let testDatabase: TestDatabase;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());

function connect(url: string, options: { statementTimeoutMs?: number; poolMax?: number } = {}) {
  const database = connectDatabase({ url, log: silentLog, poolMax: 2, ...options });
  onTestFinished(() => database.close());
  return database;
}

describe('a database that cannot tell', () => {
  it.each([
    ['nothing listens', (url: URL) => Object.assign(url, { port: '1' })],
    ['the host has no address', (url: URL) => Object.assign(url, { hostname: 'nowhere.invalid' })],
    ['the password is wrong', (url: URL) => Object.assign(url, { password: 'wrong' })],
    ['the database does not exist', (url: URL) => Object.assign(url, { pathname: '/missing' })],
  ])('throws UnavailableError where %s', async (_why, change) => {
    const database = connect(change(new URL(testDatabase.url)).href);
    await expect(database.ping()).rejects.toMatchObject(unavailable);
    const users = createPostgresUserStore(database);
    await expect(users.findByLogin('ada')).rejects.toMatchObject(unavailable);
    await expect(users.findById(createId('user'))).rejects.toMatchObject(unavailable);
  });

  it('throws UnavailableError for a statement beyond the time limit', async () => {
    const database = connect(testDatabase.url, { statementTimeoutMs: 50 });
    await expect(database.query((db) => db.execute('select pg_sleep(60)'))).rejects.toMatchObject(
      unavailable,
    );
  });

  it('throws UnavailableError when the connection is ended under a statement, and then works again', async () => {
    const database = connect(testDatabase.url);
    const { sql: admin } = testDatabase.database;
    const sleeping = expect(database.query((db) => db.execute('select pg_sleep(61)'))).rejects.toMatchObject(
      unavailable,
    );
    const terminate = () =>
      admin`select pg_terminate_backend(pid) from pg_stat_activity where query = 'select pg_sleep(61)'`;
    await expect.poll(async () => (await terminate()).length).toBe(1);
    await sleeping;
    await database.ping();
  });

  it('tells a statement that came later nothing of the connection that broke', async () => {
    const database = connect(testDatabase.url, { poolMax: 1 });
    const ending = database.query((db) => db.execute('select pg_terminate_backend(pg_backend_pid())'));
    await expect(ending).rejects.toMatchObject(unavailable);
    await database.ping();
    // What was prepared before goes on, and times are read as before.
    const users = createPostgresUserStore(database);
    await expect(users.findByLogin('nobody')).resolves.toBeUndefined();
  });

  it('lets a statement on another connection end when one breaks', async () => {
    const database = connect(testDatabase.url);
    const slept = database.query((db) => db.execute(sql`select pg_sleep(0.3), 'slept' as how`));
    const ending = database.query((db) => db.execute('select pg_terminate_backend(pg_backend_pid())'));
    await expect(ending).rejects.toMatchObject(unavailable);
    await expect(slept).resolves.toMatchObject([{ how: 'slept' }]);
  });

  it('closes the connections beside one that broke', async () => {
    const database = connect(testDatabase.url);
    const pid = async () => {
      const [row] = await database.sql`select pg_backend_pid() as pid from (select pg_sleep(0.1)) as slept`;
      return row?.pid;
    };
    const pids = await Promise.all([pid(), pid()]);
    expect(new Set(pids).size).toBe(2);
    const ending = database.query((db) => db.execute('select pg_terminate_backend(pg_backend_pid())'));
    await expect(ending).rejects.toMatchObject(unavailable);
    const { sql: admin } = testDatabase.database;
    const left = () => admin`select from pg_stat_activity where pid in ${admin(pids)}`;
    await expect.poll(async () => (await left()).length).toBe(0);
  });

  it('throws UnavailableError from a pool that was closed', async () => {
    const database = connectDatabase({ url: testDatabase.url, log: silentLog });
    await database.close();
    await expect(database.ping()).rejects.toMatchObject(unavailable);
  });

  it('stays closed when it was closed under a statement', async () => {
    const database = connectDatabase({ url: testDatabase.url, log: silentLog });
    const sleeping = database.query((db) => db.execute('select pg_sleep(60)'));
    const ended = expect(sleeping).rejects.toMatchObject(unavailable);
    await database.close();
    await ended;
    await expect(database.ping()).rejects.toMatchObject(unavailable);
  });
});

describe('closing', () => {
  it('waits for a statement that runs, which is run once', async () => {
    const database = connectDatabase({ url: testDatabase.url, log: silentLog });
    await database.ping();
    await testDatabase.database.sql`create table noted (at timestamptz)`;
    const insertion = sql`insert into noted select now() from (select pg_sleep(0.2)) as slept`;
    const noted = database.query((db) => db.execute(insertion));
    await database.close();
    await noted;
    expect(await testDatabase.database.sql`select from noted`).toHaveLength(1);
  });

  it('does not hang on a connection that broke under a statement', async () => {
    const database = connectDatabase({ url: testDatabase.url, log: silentLog });
    const broken = database.query((db) => db.execute('select pg_terminate_backend(pg_backend_pid())'));
    await expect(broken).rejects.toMatchObject(unavailable);
    await database.close();
  });
});

describe('a statement that is wrong', () => {
  it('stays a bug, with its SQLSTATE and its text', async () => {
    const wrong = testDatabase.database.query((db) => db.execute('selekt 1'));
    await expect(wrong).rejects.toMatchObject({ name: 'StatementError', sqlState: '42601' });
    await expect(wrong).rejects.toThrow('selekt 1');
  });

  it('does not tell the parameters, nor what was stored', async () => {
    const sessions = createPostgresSessionStore(testDatabase.database);
    const failed = await sessions
      .begin({
        userId: createId('user'),
        clientId: undefined,
        transport: 'bearer',
        amr: ['pwd'],
        acr: 'aal1',
        tokenHash: undefined,
        lifetimeSeconds: 60,
        clientAddress: '192.0.2.77',
        userAgent: 'secret-agent',
      })
      .catch((error: unknown) => error);
    expect(failed).toMatchObject({ name: 'StatementError', constraint: 'sessions_user_id_users_id_fk' });
    const told = [failed, Object.entries(failed as object), (failed as Error).stack].map(String).join(' ');
    expect(told).not.toContain('secret-agent');
    expect(told).not.toContain('192.0.2.77');
    expect(failed).not.toHaveProperty('cause');
  });

  it('lets errors of the work itself through as they are', async () => {
    const mine = new Error('mine');
    const work = testDatabase.database.query((db) => db.transaction(() => Promise.reject(mine)));
    await expect(work).rejects.toBe(mine);
  });
});

describe('a server that goes and comes back', () => {
  it('answers UnavailableError while it is away, and works again at once when it is back', async () => {
    const server = await startMortalPostgres();
    onTestFinished(() => server.discard());
    const database = connect(server.url);
    await Promise.all(Array.from({ length: 5 }, () => database.ping()));

    await server.stop();
    for (let time = 0; time < 3; time += 1) await expect(database.ping()).rejects.toMatchObject(unavailable);

    await server.restart();
    await Promise.all(Array.from({ length: 5 }, () => database.ping()));
  });
});
