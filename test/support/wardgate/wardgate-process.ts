import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { endWithProcess } from '../programs/end-with-process.ts';
import { NODE_ENVIRONMENT } from '../programs/node-environment.ts';

const SERVE = fileURLToPath(new URL('../../../src/entry/serve.ts', import.meta.url));

/** A program under test in a process of its own. */
export interface ServerProcess {
  readonly port: number;
  /** What it has written so far, standard output and standard error together. */
  output(): string;
  /** Ends it in order; `output` is whole then. */
  stop(): Promise<void>;
}

/** A Wardgate in a process of its own. */
export interface WardgateProcess extends ServerProcess {
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
}

/** Starts `npm start`'s command on a free port, or the one given, with these variables alone, and answers when it listens. */
export async function startWardgateProcess(env: Readonly<Record<string, string>>): Promise<WardgateProcess> {
  const child = spawn(process.execPath, [SERVE], {
    env: { ...NODE_ENVIRONMENT, HOST: '127.0.0.1', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const read = readOutput(child);
  endWithProcess(child, 'SIGKILL');
  const closed = new Promise((resolve) => child.once('close', resolve));
  const [, port] = await read.until(/"port":(\d+).*"msg":"listening"|"msg":"listening".*?"port":(\d+)/);
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    child.kill(signal);
    // All that it wrote has been read then, which may be later than its exit.
    await closed;
  };
  return {
    port: Number(port),
    output: read.output,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

/** The text that a process writes, and a way to wait for a part of it. */
export interface ProcessOutput {
  output(): string;
  /** Resolves with the match, its unmatched groups left out; rejects with everything that was written when the process ends before. */
  until(pattern: RegExp): Promise<readonly string[]>;
}

/** Reads what a process writes. */
export function readOutput(child: ChildProcess): ProcessOutput {
  let text = '';
  const checks = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      for (const check of checks) check();
    });
  }
  const until = (pattern: RegExp) =>
    new Promise<readonly string[]>((resolve, reject) => {
      const check = () => {
        const match = pattern.exec(text);
        if (match === null) return;
        checks.delete(check);
        resolve(match.filter((group) => group !== undefined));
      };
      checks.add(check);
      child.once('error', reject);
      child.once('close', () => reject(new Error(`the process ended before it wrote ${pattern}:\n${text}`)));
      check();
    });
  return { output: () => text, until };
}
