import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createArgon2Hasher } from '../../src/adapters/node/argon2-hasher.ts';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/adapters/node/embedded-postgres/embedded-postgres.ts';
import { createPostgresClientStore } from '../../src/adapters/postgres/client-store-postgres.ts';
import { connectDatabase, type Database } from '../../src/adapters/postgres/database.ts';
import type { CoreApp } from '../../src/core/http/core-env.ts';
import { hashMachineSecret } from '../../src/core/machines/hash-machine-secret.ts';
import { readConfiguration } from '../../src/entry/read-configuration.ts';
import { wireCore } from '../../src/entry/wiring/wire-core.ts';
import { createClientSecret } from '../../src/identity/client-secret.ts';
import { silentLog } from '../../src/lib/log.ts';
import { untoldTokens } from '../support/tokens/steered-tokens.ts';
import { AUDIENCE } from './wardgate.ts';

/** The one user, who has as many sessions as are wanted. */
export const LOGIN = 'bench@clinic.test';
/** @see LOGIN */
export const PASSWORD = 'a passphrase of the bench';
const FACTS = { requestId: 'bench', clientAddress: '127.0.0.1' };

/** A core in this process, as it is wired to serve, on a database of its own. */
export interface BenchCore {
  /** Sends JSON to the core's app; throws for other than 2xx. */
  post(path: string, body: unknown): Promise<Record<string, unknown>>;
  readonly databaseUrl: string;
  /** A pool of its own, like the core's. */
  readonly database: Database;
  /** Signs claims as the core signs access tokens. */
  sign(claims: Readonly<Record<string, unknown>>): Promise<string>;
  /** Makes a client with a secret. */
  createClient(): Promise<{ readonly id: string; readonly secret: string }>;
  /** Makes sessions, and answers with their ids and refresh tokens. */
  logIn(count: number): Promise<readonly { readonly id: string; readonly refreshToken: string }[]>;
}

/** A Postgres that keeps what it is told, and cores on it. */
export interface IssuanceScene {
  readonly folder: string;
  readonly postgres: EmbeddedPostgres;
  startCore(algorithm: string): Promise<BenchCore>;
  close(): Promise<void>;
}

/** Sets the scene: an empty Postgres, which writes to the disk as in production. */
export async function setIssuanceScene(): Promise<IssuanceScene> {
  const folder = mkdtempSync(join(tmpdir(), 'wardgate-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDirectory: join(folder, 'postgres'), log: silentLog });
  const toStop: (() => Promise<void>)[] = [];
  return {
    folder,
    postgres,
    async startCore(algorithm) {
      const { core, stop } = await startCore(postgres.url, folder, algorithm);
      toStop.push(stop);
      return core;
    },
    async close() {
      for (const stop of toStop) await stop();
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The environment and policy file of a process that issues tokens. */
export function issuanceEnvironment(databaseUrl: string, folder: string, algorithm: string) {
  const policyFile = join(folder, `${algorithm}.yaml`);
  writeFileSync(
    policyFile,
    `version: 1
trusted_proxies: ["127.0.0.1/32"]
issuers: [{ id: wardgate, audience: ${AUDIENCE} }]
signing: { algorithm: ${algorithm} }
upstreams: { patients: { url: "http://127.0.0.1:9" } }
routes: [{ id: patients, path: "/patients/**", upstream: patients, allow: [{ roles: [doctor] }] }]
`,
  );
  return {
    DATABASE_URL: databaseUrl,
    WARDGATE_CONFIG: policyFile,
    WARDGATE_SECRET: 'a-secret-of-the-bench-of-more-than-32-bytes',
    LOG_LEVEL: 'warn',
  };
}

async function startCore(
  serverUrl: string,
  folder: string,
  algorithm: string,
): Promise<{ core: BenchCore; stop(): Promise<void> }> {
  const url = await createDatabase(serverUrl, `bench_${algorithm.toLowerCase()}`);
  const configuration = await readConfiguration(issuanceEnvironment(url, folder, algorithm));
  if (!configuration.ok) throw new Error(configuration.reason);
  const { environment, policy } = configuration.value;
  const wired = await wireCore(environment, policy, silentLog);
  const app = wired.core.createApp(
    { authenticateCaller: async () => ({ kind: 'missing' }) },
    wired.core.createIntrospection(untoldTokens),
  );
  const database = connectDatabase({ url, log: silentLog });
  await createUser(wired);
  const post = createPost(app);
  return {
    core: {
      post,
      databaseUrl: url,
      database,
      sign: (claims) => wired.core.sign(claims, 'at+jwt'),
      createClient: () => createClient(database),
      logIn: (count) => logIn(post, count),
    },
    async stop() {
      await database.close();
      await wired.stop();
    },
  };
}

/** Creates a database, and answers with its address. */
async function createDatabase(serverUrl: string, name: string): Promise<string> {
  const administration = connectDatabase({ url: serverUrl, log: silentLog });
  await administration.sql.unsafe(`create database ${name}`);
  await administration.close();
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function createUser({ users }: Awaited<ReturnType<typeof wireCore>>): Promise<void> {
  const passwordHash = await createArgon2Hasher().hash(PASSWORD);
  const links = { patientId: undefined, doctorId: undefined };
  await users.create({ email: LOGIN, username: 'bench', passwordHash, roles: ['doctor'], ...links });
}

async function createClient(database: Database) {
  const secret = createClientSecret();
  const { id } = await createPostgresClientStore(database).create({
    name: 'bench',
    roles: [],
    scopes: [],
    authenticationMethod: 'client_secret_basic',
    secretHash: await hashMachineSecret(secret),
  });
  return { id, secret };
}

function createPost(app: CoreApp): BenchCore['post'] {
  const headers = { 'content-type': 'application/json' };
  return async (path, body) => {
    const response = await app.request(path, { method: 'POST', headers, body: JSON.stringify(body) }, FACTS);
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return response.json();
  };
}

async function logIn(post: BenchCore['post'], count: number) {
  const made = [];
  for (let index = 0; index < count; index += 1) {
    const answer = await post('/v1/auth/sessions', { login: LOGIN, password: PASSWORD });
    const { id } = answer.session as { id: string };
    made.push({ id, refreshToken: String(answer.refreshToken) });
  }
  return made;
}
