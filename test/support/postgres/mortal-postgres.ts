import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startEmbeddedPostgres } from '../../../src/adapters/node/embedded-postgres/embedded-postgres.ts';
import { chooseServerAccount } from '../../../src/adapters/node/embedded-postgres/postgres-account.ts';
import { findPostgresBinaries } from '../../../src/adapters/node/embedded-postgres/postgres-binaries.ts';
import { startPostgresProcess } from '../../../src/adapters/node/embedded-postgres/postgres-process.ts';
import { silentLog } from '../../../src/lib/log.ts';

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

const RESTART_MS = 30_000;

/** Starts an empty server that keeps what it commits. */
export async function startMortalPostgres(): Promise<MortalPostgres> {
  const directory = await mkdtemp(join(tmpdir(), 'wardgate-mortal-'));
  const first = await startEmbeddedPostgres({ dataDirectory: directory, log: silentLog });
  const { postgres } = findPostgresBinaries();
  const account = await chooseServerAccount(directory, [postgres]);
  const data = join(directory, 'data');
  const port = Number(new URL(first.url).port);
  let stop = first.stop;

  async function restart(): Promise<void> {
    // The servers of single connections notice a moment later that the main one was killed; until then they hold its memory.
    const again = { postgres, account, data, port, durable: true, log: silentLog };
    for (const untilMs = performance.now() + RESTART_MS; performance.now() < untilMs; await wait(100)) {
      const start = await startPostgresProcess(again);
      if (start.kind !== 'running') continue;
      stop = start.stop;
      return;
    }
    throw new Error('the server did not start again');
  }

  return {
    url: first.url,
    stop: () => stop(),
    async kill() {
      const [pid] = (await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n');
      process.kill(Number(pid), 'SIGKILL');
      // Waits for the keeper, which has nothing left to shut down.
      await stop();
    },
    restart,
    async discard() {
      await stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
