import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logInAt } from '../oauth/registered-client.ts';
import { createTestDatabase } from '../postgres/database.ts';
import { type RunningDaemon, startDaemon } from '../programs/daemon.ts';
import { freePort } from '../servers/loopback-server.ts';
import { startPathProxy } from '../servers/path-proxy.ts';
import type { TestKey } from '../tokens/tokens.ts';
import { signingKeyOf } from '../wardgate/signing-key.ts';
import { callWardgate } from '../wardgate/wardgate-command.ts';
import { startWardgateProcess } from '../wardgate/wardgate-process.ts';

const SECRET = 'a-secret-of-at-least-32-bytes-00000';

/** A Wardgate in a process of its own by the policy file of docs/services.md, before a service that is started and stopped. */
export interface PageService {
  /** The public address, and the issuer. */
  readonly issuer: string;
  /** The folder that the service's program lies in. */
  readonly folder: string;
  /** The key that Wardgate signs with, taken from it. */
  readonly key: TestKey;
  /** Logs a user of the demo's in: an access token. */
  logIn(login: string): Promise<string>;
  /** Writes a program of the page with the addresses of this machine, starts it at a port of its own and has Wardgate reach it there. */
  startService(program: ServiceProgram): Promise<RunningDaemon>;
  stop(): Promise<void>;
}

/** A program as a page prints it, and how the page says that it is run. Its `issuer` is this Wardgate unless it is said. */
export interface ServiceProgram {
  readonly file: string;
  readonly text: string;
  command(port: number): readonly [program: string, ...args: string[]];
  readonly issuer?: string;
}

/** Starts one by a policy file whose service is at port 9100. */
export async function startPageService(policyText: string): Promise<PageService> {
  const stack = new AsyncDisposableStack();
  try {
    const folder = stack.adopt(await mkdtemp(join(tmpdir(), 'wardgate-page-')), (path) =>
      rm(path, { recursive: true }),
    );
    const database = stack.adopt(await createTestDatabase(), (created) => created.drop());
    // Keeps the address that Wardgate knows while no service runs.
    const upstream = stack.adopt(await startPathProxy(''), (started) => started.close());
    const wardgatePort = await freePort();
    const issuer = `http://localhost:${wardgatePort}`;
    const policy = join(folder, 'policy.yaml');
    await writeFile(policy, policyText.replace('http://127.0.0.1:9100', upstream.publicUrl));
    const env = { DATABASE_URL: database.url, WARDGATE_SECRET: SECRET, WARDGATE_CONFIG: policy };
    await callWardgate(['seed'], env);
    const wardgate = await startWardgateProcess({
      ...env,
      PORT: String(wardgatePort),
      WARDGATE_PUBLIC_URL: issuer,
    });
    stack.defer(wardgate.stop);
    return {
      issuer,
      folder,
      key: await signingKeyOf(env),
      logIn: async (login) => (await logInAt(issuer, login)).accessToken,
      async startService(program) {
        const service = await startService(folder, { issuer, ...program });
        upstream.leadTo(service.port);
        return service;
      },
      stop: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

async function startService(folder: string, program: Required<ServiceProgram>) {
  const port = await freePort();
  const { file, text, issuer } = program;
  await writeFile(join(folder, file), text.replaceAll('http://localhost:8080', issuer));
  const [command, ...args] = program.command(port);
  const env = { PORT: String(port), WARDGATE_PUBLIC_URL: issuer };
  return startDaemon(command, { args, env, port, cwd: folder });
}
