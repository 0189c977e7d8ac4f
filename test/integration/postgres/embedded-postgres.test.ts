import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../../src/adapters/node/embedded-postgres/embedded-postgres.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { startNodeProcess } from './node-process.ts';

let parent: string;
let directory: string;
const running: EmbeddedPostgres[] = [];

beforeEach(async () => {
  // Of mode 0700, as /root is: when root runs this, the server's account must pass a directory that is closed to it.
  parent = await mkdtemp(join(tmpdir(), 'wardgate-embedded-'));
  directory = join(parent, '.wardgate', 'postgres');
});
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
  await rm(parent, { recursive: true, force: true });
});

async function start(): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDirectory: directory, log: silentLog, durable: false });
  running.push(server);
  return server;
}

async function ask(url: string, statement: string): Promise<unknown[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return [...(await sql.unsafe(statement).values())].map(([value]) => value);
  } finally {
    await sql.end();
  }
}

const serverPid = async () =>
  Number((await readFile(join(directory, 'data', 'postmaster.pid'), 'utf8')).split('\n')[0]);

describe('embedded Postgres', () => {
  it('serves on loopback, with a password, in UTF-8, and keeps what was stored for the next start', async () => {
    const first = await start();
    expect(new URL(first.url).hostname).toBe('127.0.0.1');
    await ask(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    const second = await start();
    expect(await ask(second.url, 'select answer from kept')).toEqual([42]);
    expect(await ask(second.url, 'show server_encoding')).toEqual(['UTF8']);
    expect(new URL(second.url).password).toBe(new URL(first.url).password);
    const guess = Object.assign(new URL(second.url), { password: 'guess' }).href;
    await expect(ask(guess, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('keeps the password and the data from other users', async () => {
    await start();
    expect((await stat(join(directory, 'password'))).mode & 0o777).toBe(0o600);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect(await readdir(join(parent, '.wardgate'))).toEqual(['postgres']);
  });

  it('never runs as root', async () => {
    const server = await start();
    expect((await stat(join(directory, 'data'))).uid).not.toBe(0);
    expect(await ask(server.url, `select pg_read_file('/proc/self/status') ~ 'Uid:\\s+0\\s'`)).toEqual([
      false,
    ]);
  });

  it('names the directory when another process already serves from it', async () => {
    await start();
    const pid = await serverPid();
    await expect(start()).rejects.toThrow(
      `another process already uses the data directory ${directory} (Postgres, pid ${pid})`,
    );
  });

  it('refuses a directory that holds something else, and leaves it alone', async () => {
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'thesis.txt'), 'mine');
    await expect(start()).rejects.toThrow(`${directory} holds something else than an embedded Postgres`);
    expect(await readdir(directory)).toEqual(['thesis.txt']);
  });

  it('ends when its process is killed, and starts again at once', async () => {
    const owner = startNodeProcess('embedded-postgres-process.ts', { TEST_DATA_DIRECTORY: directory });
    const url = await owner.firstLine;
    await ask(url, 'create table kept as select 42 as answer');
    owner.child.kill('SIGKILL');
    await owner.ended;
    const server = await start();
    expect(await ask(server.url, 'select answer from kept')).toEqual([42]);
    await expect(ask(url, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('starts after everything was killed at once, over the stale lock file', async () => {
    const owner = startNodeProcess('embedded-postgres-process.ts', { TEST_DATA_DIRECTORY: directory });
    await owner.firstLine;
    const stalePid = await serverPid();
    for (const pid of [stalePid, owner.child.pid]) if (pid !== undefined) process.kill(pid, 'SIGKILL');
    await owner.ended;
    expect(existsSync(join(directory, 'data', 'postmaster.pid'))).toBe(true);
    const server = await start();
    expect(await ask(server.url, 'select 1')).toEqual([1]);
    expect(await serverPid()).not.toBe(stalePid);
  });
});
