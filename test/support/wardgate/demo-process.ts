import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NODE_ENVIRONMENT } from '../programs/node-environment.ts';
import { freePort } from '../servers/loopback-server.ts';
import { REPOSITORY } from './installed-downstream.ts';
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

const POLICY = 'gateway-config/gateway.yaml';

/** Writes the demo's policy file into a folder, with free ports for its services: another demo may have those that it names. */
export async function writeDemoPolicy(folder: string): Promise<void> {
  let policy = await readFile(join(REPOSITORY, POLICY), 'utf8');
  for (const taken of ['9001', '9002', '9003'])
    policy = policy.replace(`127.0.0.1:${taken}`, `127.0.0.1:${await freePort()}`);
  await mkdir(join(folder, 'gateway-config'));
  await writeFile(join(folder, POLICY), policy);
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
