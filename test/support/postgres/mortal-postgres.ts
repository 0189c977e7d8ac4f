import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { chooseServerAccount } from '../../../src/adapters/node/embedded-postgres/postgres-account.ts';
import { findPostgresBinaries } from '../../../src/adapters/node/embedded-postgres/postgres-binaries.ts';
import { embeddedUrl, openCluster } from '../../../src/adapters/node/embedded-postgres/postgres-cluster.ts';
import { startPostgresProcess } from '../../../src/adapters/node/embedded-postgres/postgres-process.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { freePort } from '../servers/loopback-server.ts';

/** A Postgres server of one test, which may go and come back at the same address. */
export interface MortalPostgres {
  readonly url: string;
  /** Shuts the server down in order. */
  stop(): Promise<void>;
  /** Kills the server as a power cut would; what was committed is on its disk. */
  kill(): Promise<void>;
  /** Starts it again after either. */
  restart(): Promise<void>;
  /** Stops it for good and removes its data. */
  discard(): Promise<void>;
}

const START_MS = 30_000;

/** Starts an empty server that keeps what it commits. */
export async function startMortalPostgres(): Promise<MortalPostgres> {
  const directory = await mkdtemp(join(tmpdir(), 'wardgate-mortal-'));
  const binaries = findPostgresBinaries();
  const { initdb, postgres } = binaries;
  const account = await chooseServerAccount(directory, [initdb, postgres]);
  const { data, password } = await openCluster({ directory, binaries, account, durable: true });
  const port = await freePort();
  const options = { postgres, account, data, port, durable: true, log: silentLog };

  async function start(): Promise<() => Promise<void>> {
    // The servers of single connections notice a moment later that the main one was killed; until then they hold its memory.
    for (const untilMs = performance.now() + START_MS; performance.now() < untilMs; await wait(100)) {
      const started = await startPostgresProcess(options);
      if (started.kind === 'running') return started.stop;
    }
    throw new Error('the server did not start');
  }

  let stop = await start();
  return {
    url: embeddedUrl(password, port),
    stop: () => stop(),
    async kill() {
      const [pid] = (await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n');
      process.kill(Number(pid), 'SIGKILL');
      // Waits for the keeper, which has nothing left to shut down.
      await stop();
    },
    async restart() {
      stop = await start();
    },
    async discard() {
      await stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
