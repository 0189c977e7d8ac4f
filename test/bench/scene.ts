import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../support/servers/loopback-server.ts';
import type { Load } from './load.ts';
import { startServer, stopServers } from './processes.ts';
import { hasNginx, nginxCommand, nginxStatic } from './proxy-servers.ts';
import { type BenchAlgorithm, type BenchKey, createBenchKey, signTokens } from './tokens.ts';
import { AUDIENCE, ISSUER, METRICS_TOKEN, PATH, wardgateEnvironment, writePolicy } from './wardgate.ts';

const ROOT = join(import.meta.dirname, '../..');
// A million revocations take a while to be told.
const READY_MS = 60_000;
// A small record, as a clinical service would answer it.
const RECORD = JSON.stringify({
  patient: 'p-100',
  vitals: { pulse: 61, temperature: 36.6, pressure: [118, 76] },
});

/** Everything that the groups of measurements share. */
export interface Scene {
  readonly folder: string;
  readonly upstreamPort: number;
  readonly keys: Readonly<Record<BenchAlgorithm, BenchKey>>;
  /** Distinct tokens of each algorithm, in a file. */
  readonly tokens: Readonly<Record<BenchAlgorithm, NonNullable<Load['tokens']>>>;
  /** One token of RS256, to be sent again and again. */
  readonly token: string;
  /** Starts one of the bench's own servers, by file name. */
  startScript(name: string, env: Record<string, string>): Promise<number>;
  /** Starts a command on the servers' core. */
  start(name: string, command: (port: number) => readonly string[]): Promise<number>;
  /** Starts Wardgate with as many routes and revoked ids, and waits until it has heard of them and allows the request that is measured. */
  startWardgate(routes: number, revoked?: number): Promise<number>;
  /** Empties the log files, which grow by hundreds of bytes a request. */
  emptyLogs(): void;
  /** Stops the servers of a group; the upstream and the core go on. */
  endGroup(): Promise<void>;
  close(): Promise<void>;
}

function outputFile(folder: string, name: string): string {
  return join(folder, `${name}.log`);
}

async function startScript(folder: string, name: string, env: Record<string, string>, core?: 'load') {
  const port = await freePort();
  const command = [process.execPath, join(import.meta.dirname, `servers/${name}.ts`)];
  const place = core === undefined ? {} : { core };
  const options = {
    port,
    outputFile: outputFile(folder, name),
    env: { ...env, PORT: String(port) },
    ...place,
  };
  await startServer(command, options);
  return port;
}

async function startUpstream(folder: string): Promise<number> {
  if (!hasNginx) return startScript(folder, 'json-upstream', { BODY: RECORD }, 'load');
  const port = await freePort();
  const command = nginxCommand(
    folder,
    'upstream',
    `access_log off;${nginxStatic('application/json', RECORD)}`,
    port,
  );
  await startServer(command, { port, outputFile: outputFile(folder, 'upstream'), core: 'load' });
  return port;
}

function statusOf(port: number, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  return new Promise((resolve) => {
    const asked = get({ host: '127.0.0.1', port, path: PATH, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on('error', () => resolve(0));
  });
}

/** How many revocations a gateway has heard of. */
async function heardOf(port: number): Promise<number> {
  const headers = { authorization: `Bearer ${METRICS_TOKEN}` };
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`, { headers })).text();
  return Number(/^wardgate_revocation_index_entries (\d+)$/m.exec(metrics)?.[1] ?? 0);
}

async function signedTokens(folder: string, keys: Scene['keys'], count: number): Promise<Scene['tokens']> {
  const entries = Object.values(keys).map(async (key) => {
    const file = join(folder, `${key.algorithm}.tokens`);
    writeFileSync(file, (await signTokens(key, count, ISSUER, AUDIENCE)).join('\n'));
    return [key.algorithm, { file, count }] as const;
  });
  return Object.fromEntries(await Promise.all(entries)) as Record<
    BenchAlgorithm,
    { file: string; count: number }
  >;
}

/** Sets the scene: keys, tokens, the core that knows the keys, and the upstream. */
export async function setScene(tokenCount: number): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'wardgate-bench-'));
  const keys = {
    RS256: createBenchKey('RS256'),
    ES256: createBenchKey('ES256'),
    EdDSA: createBenchKey('EdDSA'),
  };
  const keySet = JSON.stringify({ keys: Object.values(keys).map(({ publicJwk }) => publicJwk) });
  const tokens = await signedTokens(folder, keys, tokenCount);
  const [token = ''] = await signTokens(keys.RS256, 1, ISSUER, AUDIENCE);
  const upstreamPort = await startUpstream(folder);

  return {
    folder,
    upstreamPort,
    keys,
    tokens,
    token,
    startScript: (name, env) => startScript(folder, name, env),
    async start(name, command) {
      const port = await freePort();
      await startServer(command(port), { port, outputFile: outputFile(folder, name) });
      return port;
    },
    async startWardgate(routes, revoked = 0) {
      const core = { KEY_SET: keySet, REVOKED: String(revoked) };
      const corePort = await startScript(folder, 'bench-core', core, 'load');
      const port = await freePort();
      const env = wardgateEnvironment(port, corePort, writePolicy(folder, routes, upstreamPort));
      const log = outputFile(folder, `wardgate-${routes}-${revoked}`);
      await startServer([process.execPath, ...profilerFlags(), join(ROOT, 'src/entry/serve.ts')], {
        port,
        outputFile: log,
        env,
      });
      const isReady = async () => (await statusOf(port, token)) === 200 && (await heardOf(port)) >= revoked;
      for (const until = Date.now() + READY_MS; !(await isReady()); await pause(100))
        if (Date.now() > until)
          throw new Error(`Wardgate does not allow the request that is measured (see ${log})`);
      return port;
    },
    emptyLogs() {
      for (const name of readdirSync(folder)) if (name.endsWith('.log')) truncateSync(join(folder, name));
    },
    endGroup: () => stopServers('server'),
    async close() {
      await stopServers();
      if (process.env.BENCH_KEEP !== '1') rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** With BENCH_PROFILE=folder, Wardgate's processes write a CPU profile there when they end. */
function profilerFlags(): string[] {
  const folder = process.env.BENCH_PROFILE;
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`];
}
