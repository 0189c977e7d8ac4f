import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../../src/adapters/node/embedded-postgres/embedded-postgres.ts';
import { migrate } from '../../../src/adapters/postgres/migrate.ts';
import { silentLog } from '../../../src/lib/log.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A Postgres server where databases may be created. */
    postgresUrl: string;
    /** A migrated database on it, to copy; never connect to it, or copying fails. */
    postgresTemplate: string;
  }
}

/** The one server of a run, and how many projects use it. */
interface SharedServer {
  users: number;
  started: Promise<StartedServer>;
}

interface StartedServer {
  readonly url: string;
  readonly template: string;
  stop(): Promise<void>;
}

// Each project loads its own copy of this module: what they share hangs on the process.
const SHARED = Symbol.for('wardgate.test.postgres-server');
const shared = globalThis as { [SHARED]?: SharedServer };

/** Starts one Postgres for the run, or takes the one of `TEST_DATABASE_URL`, and provides it to the tests of a project. */
export async function setup(project: TestProject): Promise<void> {
  shared[SHARED] ??= { users: 0, started: start() };
  shared[SHARED].users += 1;
  const { url, template } = await shared[SHARED].started;
  project.provide('postgresUrl', url);
  project.provide('postgresTemplate', template);
}

/** Stops the server when its last project is done. */
export async function teardown(): Promise<void> {
  const server = shared[SHARED];
  if (server === undefined) return;
  server.users -= 1;
  if (server.users > 0) return;
  delete shared[SHARED];
  await (await server.started).stop();
}

async function start(): Promise<StartedServer> {
  const server = process.env.TEST_DATABASE_URL
    ? { url: process.env.TEST_DATABASE_URL, stop: async () => {} }
    : await startTemporaryServer();
  const template = `wardgate_template_${randomBytes(6).toString('hex')}`;
  await administer(server.url, (sql) => sql`create database ${sql(template)}`);
  const url = new URL(server.url);
  url.pathname = `/${template}`;
  await migrate({ url: url.href, log: silentLog });
  return {
    url: server.url,
    template,
    stop: async () => {
      await administer(server.url, (sql) => sql`drop database ${sql(template)} with (force)`);
      await server.stop();
    },
  };
}

async function startTemporaryServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'wardgate-postgres-'));
  const server = await startEmbeddedPostgres({ dataDirectory, log: silentLog, durable: false });
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

async function administer(url: string, work: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await work(sql);
  } finally {
    await sql.end();
  }
}
