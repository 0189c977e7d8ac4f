import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './embedded-postgres.ts';
import { EmbeddedPostgresError } from './postgres-binaries.ts';
import { embeddedUrl } from './postgres-cluster.ts';

const CONNECT_TIMEOUT_MS = 1_000;

/**
 * Opens the embedded Postgres of a directory: joins the server that another process runs there, or starts one as `startEmbeddedPostgres` does. A
 * server that was joined ends with the process that started it; `stop` leaves it alone. Throws EmbeddedPostgresError with a message for
 * the person at the terminal.
 */
export async function openEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const joined = await joinEmbeddedPostgres(options.dataDirectory);
  if (joined !== undefined) return joined;
  try {
    return await startEmbeddedPostgres(options);
  } catch (error) {
    // Another process may have started one between the two looks.
    const late =
      error instanceof EmbeddedPostgresError && (await joinEmbeddedPostgres(options.dataDirectory));
    if (late) return late;
    throw error;
  }
}

async function joinEmbeddedPostgres(dataDirectory: string): Promise<EmbeddedPostgres | undefined> {
  const directory = resolve(dataDirectory);
  const read = (...path: string[]) => readFile(join(directory, ...path), 'utf8').catch(() => '');
  const [lock, password] = await Promise.all([read('data', 'postmaster.pid'), read('password')]);
  // Line by line: pid, data directory, start, port, socket directory, address, shared memory, state.
  const [pid, , , port, , , , state] = lock.split('\n').map((line) => line.trim());
  // A server that was killed leaves its file behind, and then neither its pid nor its port are anybody's.
  if (state !== 'ready' || password === '' || !isAlive(Number(pid)) || !(await accepts(Number(port))))
    return undefined;
  return { url: embeddedUrl(password.trim(), Number(port)), stop: async () => {} };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS) });
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
