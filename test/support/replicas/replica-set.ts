import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEMO_PASSWORD } from '../../../src/entry/demo/demo-users.ts';
import { type MortalPostgres, startMortalPostgres } from '../postgres/mortal-postgres.ts';
import { openSeveredLink, type SeveredLink } from '../servers/severed-link.ts';
import { startHttpService } from '../servers/upstream-service.ts';
import { AUDIENCE } from '../tokens/tokens.ts';
import { callWardgate } from '../wardgate/wardgate-command.ts';
import { type Asker, createAsker } from './asking.ts';
import { LIVE_PATH, PATH } from './ending.ts';
import { createMint, type Mint, type MintEnvironment } from './minted-sessions.ts';
import { type Replica, startReplica } from './replica.ts';
import type { LoggedIn } from './steady-load.ts';

/** The issuer of all. */
export const PUBLIC_URL = 'https://gate.test';
const CLIENT = { WARDGATE_CLIENT_ID: 'edge', WARDGATE_CLIENT_SECRET: 'edge-secret-of-32-bytes-0000000000' };
const USERS = ['patient', 'doctor', 'admin'] as const;

/** How long gateways serve by signature alone. Far shorter than by default, so that it can be waited for. */
export const GRACE_MS = 3_000;

/** A gateway, and its own ways to the cores. */
export interface GatewayReplica extends Replica {
  /** One to each core. */
  readonly links: readonly SeveredLink[];
}

/** Everything that runs: a Postgres, cores, gateways and the service behind them. */
export interface ReplicaSet {
  readonly postgres: MortalPostgres;
  readonly cores: readonly Replica[];
  readonly gateways: readonly GatewayReplica[];
  readonly asker: Asker;
  readonly mint: Mint['mint'];
  /** What `wardgate` is run with on the cores' database. */
  readonly coreEnvironment: MintEnvironment;
  /** Logs the demo's users in, each so many times. */
  logIn(times: number): Promise<readonly LoggedIn[]>;
  /** Ends all of it. */
  stop(): Promise<void>;
}

/** Starts two cores and three gateways as processes of their own. What was started is ended where something does not start. */
export async function startReplicaSet(): Promise<ReplicaSet> {
  const stack = new AsyncDisposableStack();
  try {
    const folder = stack.adopt(await mkdtemp(join(tmpdir(), 'wardgate-replicas-')), (path) =>
      rm(path, { recursive: true, force: true }),
    );
    const service = stack.adopt(await startHttpService((_, outgoing) => outgoing.end('served')), (started) =>
      started.close(),
    );
    const policyFile = join(folder, 'gateway.yaml');
    await writeFile(policyFile, policyText(service.origin));
    const postgres = stack.adopt(await startMortalPostgres(), (started) => started.discard());
    const shared = { ...CLIENT, WARDGATE_PUBLIC_URL: PUBLIC_URL, WARDGATE_CONFIG: policyFile };
    const coreEnv = {
      ...shared,
      WARDGATE_ROLE: 'core',
      WARDGATE_SECRET: 'a-secret-of-at-least-32-bytes-00000',
      DATABASE_URL: postgres.url,
    };
    await prepareDatabase(coreEnv);
    const start = async (name: string, env: Readonly<Record<string, string>>) =>
      stack.adopt(await startReplica(name, env), (started) => started.end('SIGKILL'));
    const cores = await Promise.all([start('core 1', coreEnv), start('core 2', coreEnv)]);
    const gateways = await Promise.all(
      [1, 2, 3].map((number) => startGateway(`gateway ${number}`, cores, { stack, shared, start })),
    );
    const asker = stack.adopt(createAsker(), (created) => created.close());
    const { mint } = await createMint(coreEnv, PUBLIC_URL);
    const stop = () => stack.disposeAsync();
    const running = { postgres, cores, gateways, asker, mint, coreEnvironment: coreEnv };
    return { ...running, logIn: (times) => logIn(asker, cores, times), stop };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

/** Brings the database to the schema, and adds the demo's users, a key that signs and one that is only published so far. */
async function prepareDatabase(env: MintEnvironment): Promise<void> {
  for (const command of ['migrate', 'seed', 'keys rotate', 'keys generate']) {
    const { code, error } = await callWardgate(command.split(' '), env);
    if (code !== 0) throw new Error(`${command} failed: ${error}`);
  }
}

async function startGateway(
  name: string,
  cores: readonly Replica[],
  parts: {
    readonly stack: AsyncDisposableStack;
    readonly shared: Readonly<Record<string, string>>;
    start(name: string, env: Readonly<Record<string, string>>): Promise<Replica>;
  },
): Promise<GatewayReplica> {
  const links = await Promise.all(
    cores.map(async ({ origin }) => {
      const link = await openSeveredLink('127.0.0.1', Number(new URL(origin).port));
      return parts.stack.adopt(link, (opened) => opened.close());
    }),
  );
  const replica = await parts.start(name, {
    ...parts.shared,
    WARDGATE_ROLE: 'gateway',
    WARDGATE_CORE_URL: links.map(({ port }) => `http://127.0.0.1:${port}`).join(','),
  });
  return { ...replica, links };
}

function policyText(service: string): string {
  return `
version: 1
credentials: [bearer, api_key]
issuers: [{ id: wardgate, audience: ${AUDIENCE} }]
signing: { algorithm: ES256 }
revocation: { grace: ${GRACE_MS}ms }
upstreams: { records: { url: ${service} } }
routes:
  - { id: records, path: ${PATH}, upstream: records, allow: [{ roles: [${USERS.join(', ')}] }] }
  - { id: live, path: ${LIVE_PATH}, upstream: records, live: true, allow: [{ roles: [${USERS.join(', ')}] }] }
`;
}

async function logIn(asker: Asker, cores: readonly Replica[], times: number): Promise<readonly LoggedIn[]> {
  const [place] = cores;
  if (place === undefined) throw new Error('there is no core');
  const made: LoggedIn[] = [];
  for (const username of USERS.flatMap((user) => Array.from({ length: times }, () => user))) {
    const body = { login: `${username}@demo.test`, password: DEMO_PASSWORD };
    const answer = await asker.ask({ place, path: '/v1/auth/sessions', body });
    if (answer.status !== 201) throw new Error(`a log-in was answered ${answer.status}: ${answer.body}`);
    made.push(JSON.parse(answer.body));
  }
  return made;
}
