import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SERVE = fileURLToPath(new URL('../../src/entry/serve.ts', import.meta.url));

/** A program under test in a process of its own. */
export interface ServerProcess {
  readonly port: number;
  /** What it has written so far, standard output and standard error together. */
  output(): string;
  /** Ends it in order; `output` is whole then. */
  stop(): Promise<void>;
}

/** Starts `npm start`'s command on a free port, with these variables alone, and answers when it listens. */
export async function startWardgateProcess(env: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const child = spawn(process.execPath, [SERVE], {
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const read = readOutput(child);
  const closed = new Promise((resolve) => child.once('close', resolve));
  const [, port] = await read.until(/"port":(\d+).*"msg":"listening"|"msg":"listening".*?"port":(\d+)/);
  return { port: Number(port), output: read.output, stop: () => end(child, closed) };
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

/** Ends a process and waits until all that it wrote has been read, which may be later than its exit. */
async function end(child: ChildProcess, closed: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM');
  await closed;
}
