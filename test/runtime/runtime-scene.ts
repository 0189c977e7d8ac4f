import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { DEMO_PASSWORD } from '../../src/entry/demo/demo-users.ts';
import { startSampleService } from '../../src/entry/demo/sample-service.ts';
import { type CoreDoor, createCoreDoor } from '../support/core/core-door.ts';
import { basic } from '../support/oauth/client-requests.ts';
import { createTestDatabase } from '../support/postgres/database.ts';
import { close, freePort, listen } from '../support/servers/loopback-server.ts';
import { testKey } from '../support/tokens/tokens.ts';
import { runWardgate } from '../support/wardgate/wardgate-command.ts';
import { startWardgateProcess } from '../support/wardgate/wardgate-process.ts';
import { type OddService, startOddService } from './odd-service.ts';
import { type PolicyAddresses, runtimePolicy } from './runtime-policy.ts';

/** The address that clients see, the same for every edge: it is never taken from a request. */
export const PUBLIC_URL = 'http://localhost:8080';
const CLIENT = { WARDGATE_CLIENT_ID: 'edge', WARDGATE_CLIENT_SECRET: 'edge-secret-of-32-bytes-0000000000' };

/** Everything around an edge: a core with users, services, and a foreign issuer. */
export interface RuntimeScene {
  readonly policyText: string;
  /** The variables of the edge, as a process takes them and as a Worker's bindings. */
  readonly edgeVariables: Readonly<Record<string, string>>;
  readonly door: CoreDoor;
  readonly odd: OddService;
  /** How often the foreign issuer was asked for its keys. */
  keySetFetches(): number;
  logIn(username: string): Promise<{ readonly token: string }>;
  logInWithCookie(username: string): Promise<{ readonly cookie: string }>;
  /** Ends the session of a token at the core. */
  endSession(token: string): Promise<void>;
  /** Issues an API key with the role `doctor`. */
  issueApiKey(): Promise<{ readonly id: string; readonly key: string; end(): Promise<void> }>;
  /** Registers an OAuth client with the role `doctor`, which gets a token. */
  issueClientToken(): Promise<{ readonly id: string; readonly token: string; end(): Promise<void> }>;
  stop(): Promise<void>;
}

/** Starts a scene; needs the Postgres of the project's `globalSetup`. Its door to the core is shut. */
export async function startRuntimeScene(): Promise<RuntimeScene> {
  const stack = new AsyncDisposableStack();
  try {
    const core = await startCore(stack);
    const door = stack.adopt(await createCoreDoor(core.port), (created) => created.close());
    door.shut();
    const odd = stack.adopt(await startOddService(), (created) => created.close());
    const issuer = stack.adopt(await startForeignIssuer(), (created) => created.close());
    const records = stack.adopt(await startSampleService('records', 0), (created) => created.stop());
    const alerts = stack.adopt(await startSampleService('alerts', 0), (created) => created.stop());
    const addresses: PolicyAddresses = {
      records: `http://127.0.0.1:${records.port}`,
      alerts: `http://127.0.0.1:${alerts.port}`,
      odd: odd.origin,
      nobody: `http://127.0.0.1:${await freePort()}`,
      keySet: issuer.uri,
    };
    const edgeVariables = { ...CLIENT, WARDGATE_PUBLIC_URL: PUBLIC_URL, WARDGATE_CORE_URL: door.origin };
    return {
      policyText: runtimePolicy(addresses),
      edgeVariables,
      door,
      odd,
      keySetFetches: issuer.fetches,
      ...core.callers,
      ...createMachines(core.origin, core.callers),
      stop: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

async function startCore(stack: AsyncDisposableStack) {
  const { url } = stack.adopt(await createTestDatabase(), (created) => created.drop());
  await runWardgate(['seed'], { env: { DATABASE_URL: url } });
  const core = await startWardgateProcess({
    ...CLIENT,
    WARDGATE_ROLE: 'core',
    WARDGATE_CONFIG: fileURLToPath(new URL('../../gateway-config/gateway.yaml', import.meta.url)),
    WARDGATE_PUBLIC_URL: PUBLIC_URL,
    WARDGATE_SECRET: 'a-secret-of-at-least-32-bytes-00000',
    DATABASE_URL: url,
  });
  stack.defer(core.stop);
  const origin = `http://127.0.0.1:${core.port}`;
  return { port: core.port, origin, callers: createCallers(origin) };
}

type Callers = Pick<RuntimeScene, 'logIn' | 'logInWithCookie' | 'endSession'>;

function createCallers(core: string): Callers {
  const post = (username: string, transport: string) =>
    fetch(`${core}/v1/auth/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username, password: DEMO_PASSWORD, transport }),
    });
  return {
    async logIn(username) {
      const { accessToken } = (await (await post(username, 'bearer')).json()) as { accessToken: string };
      return { token: accessToken };
    },
    async logInWithCookie(username) {
      const response = await post(username, 'cookie');
      return { cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '' };
    },
    async endSession(credential) {
      const isCookie = credential.includes('=');
      const response = await fetch(`${core}/v1/auth/sessions/current/revoke`, {
        method: 'POST',
        headers: isCookie
          ? { cookie: credential, origin: PUBLIC_URL }
          : { authorization: `Bearer ${credential}` },
      });
      if (response.status !== 204) throw new Error(`the core answered ${response.status}`);
    },
  };
}

/** Makes programs that may call, by the administrator's hand; `end` takes their access away. */
function createMachines(
  core: string,
  { logIn }: Callers,
): Pick<RuntimeScene, 'issueApiKey' | 'issueClientToken'> {
  async function administer(method: string, path: string, body?: object) {
    const { token } = await logIn('admin');
    const response = await fetch(core + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`the core answered ${response.status}`);
    return response.status === 204 ? undefined : response.json();
  }

  const doctor = { name: 'a program', roles: ['doctor'] };
  return {
    async issueApiKey() {
      const { key, apiKey } = await administer('POST', '/v1/api-keys', doctor);
      return { id: apiKey.id, key, end: () => administer('DELETE', `/v1/api-keys/${apiKey.id}`) };
    },
    async issueClientToken() {
      const { client, secret } = await administer('POST', '/v1/clients', doctor);
      const response = await fetch(`${core}/oauth/token`, {
        method: 'POST',
        headers: basic(client.id, secret),
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
      });
      const { access_token: token } = (await response.json()) as { access_token: string };
      return { id: client.id, token, end: () => administer('DELETE', `/v1/clients/${client.id}`) };
    },
  };
}

/** Starts an issuer of which there is the key set alone; its tokens come from `signForeignToken`. */
async function startForeignIssuer() {
  const { publicJwk } = await testKey();
  let fetches = 0;
  const server = createServer((_incoming, outgoing) => {
    fetches += 1;
    outgoing.setHeader('Content-Type', 'application/jwk-set+json');
    outgoing.end(JSON.stringify({ keys: [{ ...publicJwk, use: 'sig', alg: 'RS256' }] }));
  });
  const uri = `http://${await listen(server)}/keys`;
  return { uri, fetches: () => fetches, close: () => close(server) };
}
