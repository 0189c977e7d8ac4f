import { type ChildProcess, spawn } from 'node:child_process';
import type { Log } from '../../../lib/log.ts';
import { callAs, type ServerAccount } from './postgres-account.ts';

/** What it takes to run a Postgres server process. */
export interface PostgresProcessOptions {
  readonly postgres: string;
  readonly account: ServerAccount;
  readonly data: string;
  readonly port: number;
  readonly durable: boolean;
  readonly log: Log;
}

/** A started server, or the lines that it wrote before it gave up. */
export type PostgresStart =
  | { readonly kind: 'running'; stop(): Promise<void> }
  | { readonly kind: 'failed'; readonly output: string };

// Time for a fast shutdown (it ends connections and writes a checkpoint) before the process group is killed.
const STOP_MS = 10_000;
const READY = 'database system is ready to accept connections';

// The keeper: starts the server and waits for the end of its own standard input, which is a pipe from us. The system closes
// the pipe when our process ends in whatever way, so the server never outlives us; SIGINT is Postgres's fast shutdown.
const KEEPER =
  '"$@" </dev/null & server=$!; exec 2>/dev/null; read -r _; kill -INT "$server"; wait "$server"';

/**
 * Starts a Postgres server and waits until it accepts connections on 127.0.0.1. It runs in a session of its own, so that
 * Ctrl-C at the terminal reaches us alone and connections can be closed before the server is. `stop` is bounded in time.
 */
export function startPostgresProcess(options: PostgresProcessOptions): Promise<PostgresStart> {
  const args = ['-c', KEEPER, 'keeper', options.postgres, ...serverArguments(options)];
  const call = callAs(options.account, '/bin/sh', args);
  const child = spawn(call.file, call.args, {
    ...call.options,
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  // A keeper that is gone needs no telling.
  child.stdin?.on('error', () => {});
  return new Promise((resolve) => {
    let output = '';
    const gone = new Promise<void>((done) => child.stderr?.once('close', () => done()));
    readLines(child, (line) => {
      options.log.debug('embedded Postgres', { line });
      output = `${output}${line}\n`.slice(-4096);
      if (line.includes(READY)) resolve({ kind: 'running', stop: () => stop(child, gone) });
    });
    child.on('error', (error) => resolve({ kind: 'failed', output: error.message }));
    void gone.then(() => {
      child.stdin?.end();
      resolve({ kind: 'failed', output: output.trim() });
    });
  });
}

function serverArguments({ data, port, durable }: PostgresProcessOptions): string[] {
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    // Statements and details may hold personal data; the server's own messages do not.
    'log_min_messages=log',
    'log_min_error_statement=panic',
    'log_error_verbosity=terse',
  ];
  if (!durable) settings.push('fsync=off', 'synchronous_commit=off', 'full_page_writes=off');
  return ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
}

function readLines(child: ChildProcess, onLine: (line: string) => void): void {
  let rest = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
}

async function stop(child: ChildProcess, gone: Promise<void>): Promise<void> {
  child.stdin?.end();
  const deadline = setTimeout(() => {
    // The keeper leads the group; the servers of single connections end when the main one is gone.
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, STOP_MS);
  await gone;
  clearTimeout(deadline);
}
