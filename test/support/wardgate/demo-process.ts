import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { NODE_ENVIRONMENT } from '../programs/node-environment.ts';
import { readOutput } from './wardgate-process.ts';

/** The program that `npm run demo` runs. */
export const DEMO = fileURLToPath(new URL('../../../src/entry/demo.ts', import.meta.url));

/** A demo that is ready. */
export interface DemoProcess {
  /** What it printed until then. */
  readonly text: string;
  /** Ends it as Ctrl-C does, and answers with its exit status. */
  stop(): Promise<number | null>;
  kill(): void;
}

/** Runs the demo in a folder of its own, so that its data is not that of a person who tries it here. */
export async function startDemo(
  folder: string,
  port: number,
  env: Readonly<Record<string, string>> = {},
): Promise<DemoProcess> {
  const child = spawn(process.execPath, [DEMO], {
    cwd: folder,
    env: { ...NODE_ENVIRONMENT, PORT: String(port), ...env },
  });
  const output = readOutput(child);
  await output.until(/Ctrl-C stops everything/);
  return {
    text: output.output(),
    async stop() {
      child.kill('SIGINT');
      if (child.exitCode === null) await once(child, 'exit');
      return child.exitCode;
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
