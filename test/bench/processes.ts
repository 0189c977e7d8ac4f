import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { connect } from 'node:net';
import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

const START_MS = 60_000;
const STOP_MS = 5_000;
const running = new Map<ChildProcess, Core>();

/** Where a process is put: servers share one core, the load and what stands behind the servers another. */
export type Core = 'server' | 'load';

/** Tells whether a program is installed. */
export function isInstalled(program: string, versionArgument = '--version'): boolean {
  return spawnSync(program, [versionArgument], { stdio: 'ignore' }).error === undefined;
}

const canPin = isInstalled('taskset') && process.platform === 'linux';

/** Puts a command on its core where `taskset` exists: the first for servers, the second (if there is one) for the load. */
export function pinned(core: Core, command: readonly string[]): readonly string[] {
  if (!canPin) return command;
  const number = core === 'server' || availableParallelism() < 2 ? '0' : '1';
  return ['taskset', '-c', number, ...command];
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Starts a server on its core, with its output in a file, and waits until its port accepts connections. */
export async function startServer(
  command: readonly string[],
  options: { port: number; outputFile: string; env?: Record<string, string>; core?: Core },
): Promise<ChildProcess> {
  const output = openSync(options.outputFile, 'a');
  const [program = '', ...rest] = pinned(options.core ?? 'server', command);
  const child = spawn(program, rest, {
    stdio: ['ignore', output, output],
    env: { ...process.env, ...options.env },
  });
  running.set(child, options.core ?? 'server');
  child.on('error', () => {});
  for (const until = Date.now() + START_MS; Date.now() < until; await pause(50)) {
    if (child.exitCode !== null || child.pid === undefined) break;
    if (await accepts(options.port)) return child;
  }
  throw new Error(`did not start: ${command.join(' ')} (see ${options.outputFile})`);
}

/** Stops one server, by force if it does not go. */
async function stopServer(child: ChildProcess): Promise<void> {
  running.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await gone;
  clearTimeout(force);
}

/** Stops what was started on one core, or everything. */
export async function stopServers(core?: Core): Promise<void> {
  const chosen = [...running].filter(([, place]) => core === undefined || place === core);
  await Promise.all(chosen.map(([child]) => stopServer(child)));
}

process.on('exit', () => {
  for (const child of running.keys()) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

/** Runs a program on the load's core to its end and gives its output. */
export async function runLoad(command: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const [program = '', ...rest] = pinned('load', command);
  const child = spawn(program, rest, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  running.set(child, 'load');
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const [status] = await once(child, 'close');
  running.delete(child);
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}: ${output}`);
  return output;
}
