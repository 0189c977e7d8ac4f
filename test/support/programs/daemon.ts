import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { endWithProcess } from './end-with-process.ts';

/** A program that runs and takes connections. `output` is what it has written to its log. */
export interface RunningDaemon {
  readonly port: number;
  output(): string;
  stop(): Promise<void>;
}

/**
 * Starts a program in the foreground, perhaps in a folder (`cwd`), and waits until it takes connections. `directory` is its own, and goes when it is stopped. Throws with
 * what it wrote if it ends before it takes connections.
 */
export async function startDaemon(
  command: string,
  options: {
    args: readonly string[];
    env?: NodeJS.ProcessEnv;
    port: number;
    directory?: string;
    cwd?: string;
  },
): Promise<RunningDaemon> {
  const child = spawn(command, options.args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // In order, so that it takes its own processes with it.
  endWithProcess(child, 'SIGTERM');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      output += text;
    });
  }
  const failed = once(child, 'error').then(([error]) => Promise.reject(error));
  await Promise.race([listening(options.port, child, () => output), failed]);
  const { port, directory } = options;
  return {
    port,
    output: () => output,
    async stop() {
      await end(child);
      if (directory !== undefined) await rm(directory, { recursive: true });
    },
  };
}

async function listening(port: number, child: ChildProcess, output: () => string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended at once:\n${output()}`);
    if (await accepts(port)) return;
    await wait(20);
  }
}

function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return new Promise((resolve) => {
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}
