import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../servers/loopback-server.ts';
import { readOutput, type ServerProcess } from './wardgate-process.ts';

const SHIPPED = fileURLToPath(new URL('../../../wrangler.toml', import.meta.url));
const ENTRY = fileURLToPath(new URL('../../../src/entry/worker.ts', import.meta.url));
const WRANGLER = createRequire(import.meta.url).resolve('wrangler/bin/wrangler.js');
/** As the entry imports it. */
const POLICY_IMPORT = '../../gateway-config/gateway.yaml';

/** Without these wrangler tries to reach the internet. */
const OFFLINE = { WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false', NO_COLOR: '1' };

/**
 * Starts the Worker in workerd by `wrangler dev`, with the settings of the wrangler.toml that ships, another policy in place of the bundled
 * one, and these bindings. Its end ends workerd too.
 */
export async function startWranglerDev(options: {
  readonly policyText: string;
  readonly bindings: Readonly<Record<string, string>>;
}): Promise<ServerProcess> {
  const directory = await mkdtemp(join(tmpdir(), 'wardgate-worker-'));
  await writeProject(directory, options);
  const [port, inspectorPort] = [await freePort(), await freePort()];
  const flags = ['--ip', '127.0.0.1', '--port', String(port), '--inspector-port', String(inspectorPort)];
  const child = spawn(process.execPath, [WRANGLER, 'dev', '--cwd', directory, ...flags], {
    env: { PATH: process.env.PATH, HOME: directory, ...OFFLINE },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that whatever it starts can be ended with it.
    detached: true,
  });
  const { output, until } = readOutput(child);
  const stop = async () => {
    await endGroup(child.pid);
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    await until(/Ready on http/);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, output, stop };
}

async function writeProject(
  directory: string,
  { policyText, bindings }: { policyText: string; bindings: Readonly<Record<string, string>> },
): Promise<void> {
  const shipped = await readFile(SHIPPED, 'utf8');
  const policyModule = join(directory, 'policy.js');
  const settings = shipped.replace(/^main = .*$/m, `main = ${JSON.stringify(ENTRY)}`);
  const alias = `[alias]\n${JSON.stringify(POLICY_IMPORT)} = ${JSON.stringify(policyModule)}\n`;
  await writeFile(join(directory, 'wrangler.toml'), `${settings}\n${alias}`);
  await writeFile(policyModule, `export default ${JSON.stringify(policyText)};\n`);
  const lines = Object.entries(bindings).map(([name, value]) => `${name}=${JSON.stringify(value)}\n`);
  await writeFile(join(directory, '.dev.vars'), lines.join(''));
}

/** Ends a process group of ours for sure. */
async function endGroup(pid: number | undefined): Promise<void> {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing of the group runs any more.
  }
}
