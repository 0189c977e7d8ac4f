import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { connectDatabase, type Database } from '../../../src/adapters/postgres/database.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres/database.ts';
import { startTlsFront } from '../../support/postgres/tls-front.ts';
import { hasProgram } from '../../support/programs/real-parts.ts';
import { openSeveredLink, type SeveredLink } from '../../support/servers/severed-link.ts';

const unavailable = { name: 'UnavailableError', dependency: 'database' };

let testDatabase: TestDatabase;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());

function connect(url: string, options: { statementTimeoutMs?: number; poolMax?: number } = {}): Database {
  const database = connectDatabase({ url, log: silentLog, poolMax: 1, ...options });
  onTestFinished(() => database.close());
  return database;
}

/** The database behind a link that the test can cut. */
async function openLink(): Promise<{ link: SeveredLink; url: string }> {
  const url = new URL(testDatabase.url);
  const link = await openSeveredLink(url.hostname, Number(url.port));
  onTestFinished(() => link.close());
  return { link, url: Object.assign(url, { hostname: '127.0.0.1', port: String(link.port) }).href };
}

const askedFor = (database: Database, text: string) =>
  database.query((db) => db.execute(sql`select ${text}::text as text`));

describe('the statement after one that failed', () => {
  it('gets all rows of its own answer and no other, when that failed between two rows', async () => {
    const database = connect(testDatabase.url);
    const fail = () =>
      expect(
        database.query((db) => db.execute('select 6 / (3 - n) from generate_series(1, 5) as n')),
      ).rejects.toMatchObject({ name: 'StatementError', sqlState: '22012' });
    await fail();
    expect([...(await askedFor(database, 'mine'))]).toEqual([{ text: 'mine' }]);
    const [, rows] = await Promise.all([
      fail(),
      database.query((db) => db.select({ n: sql<number>`n` }).from(sql`generate_series(7, 8) as n`)),
    ]);
    expect(rows).toEqual([{ n: 7 }, { n: 8 }]);
  });

  it('is answered when the network swallows what is sent on the connections that were open', async () => {
    const { link, url } = await openLink();
    const database = connect(url, { statementTimeoutMs: 50 });
    await database.ping();
    link.freeze('open');
    await expect(askedFor(database, 'swallowed')).rejects.toMatchObject(unavailable);
    expect([...(await askedFor(database, 'mine'))]).toEqual([{ text: 'mine' }]);
  });
});

describe('connections', () => {
  it('are at most twice as many as the pool may have: what runs on an older pool fails when one more gives way', async () => {
    const database = connect(testDatabase.url, { poolMax: 2, statementTimeoutMs: 60_000 });
    const sleep = () => database.query((db) => db.execute('select pg_sleep(62)'));
    const breakOne = () =>
      expect(
        database.query((db) => db.execute('select pg_terminate_backend(pg_backend_pid())')),
      ).rejects.toMatchObject(unavailable);
    const first = expect(sleep()).rejects.toThrow('CONNECTION_DESTROYED');
    await breakOne();
    const second = expect(sleep()).rejects.toThrow('CONNECTION_CLOSED');
    await breakOne();
    await first;
    // The server goes on with what nobody waits for.
    await testDatabase.database
      .sql`select pg_terminate_backend(pid) from pg_stat_activity where query = 'select pg_sleep(62)'`;
    await second;
  });
});

describe('a way to the database that ends each connection', () => {
  it('fails a statement at once, and is not tried over and over', async () => {
    let tries = 0;
    const server = createServer((socket) => {
      tries += 1;
      socket.on('error', () => {});
      socket.end();
    });
    onTestFinished(() => void server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const url = Object.assign(new URL(testDatabase.url), { hostname: '127.0.0.1', port: String(port) });
    await expect(connect(url.href).ping()).rejects.toThrow('CONNECTION_REFUSED');
    expect(tries).toBe(1);
  });
});

describe.skipIf(!hasProgram('openssl', 'version'))('a connection with TLS', () => {
  it('answers, tells of its end, and connects again', async () => {
    const { hostname, port } = new URL(testDatabase.url);
    const front = await startTlsFront(hostname, Number(port));
    onTestFinished(front.close);
    const url = Object.assign(new URL(testDatabase.url), { hostname: '127.0.0.1', port: String(front.port) });
    url.searchParams.set('sslmode', 'require');
    const database = connect(url.href);
    expect([...(await askedFor(database, 'sealed'))]).toEqual([{ text: 'sealed' }]);
    const ending = database.query((db) => db.execute('select pg_terminate_backend(pg_backend_pid())'));
    await expect(ending).rejects.toMatchObject(unavailable);
    expect([...(await askedFor(database, 'again'))]).toEqual([{ text: 'again' }]);
    expect(front.connections()).toBe(2);
  });
});
