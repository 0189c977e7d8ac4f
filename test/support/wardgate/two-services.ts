import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { basic, TOKEN_EXCHANGE, TOKEN_TYPE } from '../oauth/client-requests.ts';
import { logInAt, type RegisteredClient, registerClient } from '../oauth/registered-client.ts';
import { createTestDatabase } from '../postgres/database.ts';
import { freePort } from '../servers/loopback-server.ts';
import {
  type RecordingUpstream,
  startRecordingUpstream,
  type UpstreamRequest,
} from '../servers/recording-upstream.ts';
import { callWardgate } from './wardgate-command.ts';
import { startWardgateProcess } from './wardgate-process.ts';

/** A Wardgate in a process of its own before a service of patients and one of alerts, of which the first may call the second for users. */
export interface TwoServices {
  /** The public address, and the issuer. */
  readonly origin: string;
  readonly patients: RegisteredClient;
  readonly alerts: RegisteredClient;
  register(...options: readonly string[]): Promise<RegisteredClient>;
  /** Logs somebody in, a doctor unless it is said, perhaps through a client: an access token that is good everywhere. */
  logIn(login?: string, through?: RegisteredClient): Promise<string>;
  /** Sends a form to an OAuth endpoint as a client. */
  ask(path: string, client: RegisteredClient, form: Readonly<Record<string, string>>): Promise<Response>;
  /** Sends a form to the token endpoint as a client, with what an exchange for alerts needs unless it says otherwise. */
  exchange(client: RegisteredClient, form: Readonly<Record<string, string>>): Promise<Response>;
  /** The token that comes of exchanging one. */
  exchanged(
    client: RegisteredClient,
    token: string,
    form?: Readonly<Record<string, string>>,
  ): Promise<string>;
  /** Sends a request with a token, and answers with its status. */
  send(token: string, path: string, init?: RequestInit): Promise<number>;
  /** What reached the service of patients since it was last asked. */
  takePatients(): readonly UpstreamRequest[];
  /** What reached the service of alerts since it was last asked. */
  takeAlerts(): readonly UpstreamRequest[];
  stop(): Promise<void>;
}

const policyText = (patients: RecordingUpstream, alerts: RecordingUpstream) => `
version: 1
trusted_proxies: ["127.0.0.1/32"]
credentials: [bearer, access_token_cookie]
issuers: [{ id: wardgate, audience: clinic }]
role_scopes: { doctor: [alerts:read, patients:read] }
upstreams:
  patients: { url: '${patients.origin}' }
  warnings: { url: '${alerts.origin}', audience: alerts }
routes:
  - { id: patients, path: /patients/**, upstream: patients, allow: [{ roles: [doctor] }] }
  - { id: letters, path: /patients/letters, upstream: patients, assertion: true, allow: [{ roles: [doctor] }] }
  - { id: alerts, path: /alerts/**, upstream: warnings, allow: [{ roles: [doctor], scopes: [alerts:read] }] }
  - { id: live-alerts, path: /live-alerts/**, upstream: warnings, live: true, allow: [{ roles: [doctor] }] }
  - { id: public, path: /public/**, upstream: patients, access: public }
`;

/** Starts all of it on free ports. */
export async function startTwoServices(): Promise<TwoServices> {
  const stack = new AsyncDisposableStack();
  const [patientsService, alertsService] = [await startRecordingUpstream(), await startRecordingUpstream()];
  stack.defer(() => patientsService.close());
  stack.defer(() => alertsService.close());
  const database = stack.adopt(await createTestDatabase(), (created) => created.drop());
  const folder = stack.adopt(await mkdtemp(join(tmpdir(), 'wardgate-services-')), (path) =>
    rm(path, { recursive: true }),
  );
  const policy = join(folder, 'gateway.yaml');
  await writeFile(policy, policyText(patientsService, alertsService));
  const register: TwoServices['register'] = (...options) =>
    registerClient(database.url, '--name', 'service', '--scope', 'alerts:read,alerts:write', ...options);
  await callWardgate(['seed'], { DATABASE_URL: database.url });
  const port = String(await freePort());
  const origin = `http://127.0.0.1:${port}`;
  const wardgate = await startWardgateProcess({
    PORT: port,
    WARDGATE_PUBLIC_URL: origin,
    WARDGATE_CONFIG: policy,
    WARDGATE_SECRET: 'a-secret-of-at-least-32-bytes-00000',
    DATABASE_URL: database.url,
  });
  stack.defer(wardgate.stop);
  return {
    origin,
    register,
    patients: await register('--audience', 'patients', '--may-call', 'alerts'),
    alerts: await register('--audience', 'alerts', '--may-call', 'patients'),
    takePatients: () => patientsService.take(),
    takeAlerts: () => alertsService.take(),
    ...createRequests(origin),
    stop: () => stack.disposeAsync(),
  };
}

type Requests = Pick<TwoServices, 'logIn' | 'ask' | 'exchange' | 'exchanged' | 'send'>;

function createRequests(origin: string): Requests {
  const ask: TwoServices['ask'] = (path, { id, secret }, form) =>
    fetch(`${origin}${path}`, {
      method: 'POST',
      headers: basic(id, secret),
      body: new URLSearchParams(form),
    });
  const exchange: TwoServices['exchange'] = (client, form) => {
    const defaults = {
      grant_type: TOKEN_EXCHANGE,
      subject_token_type: `${TOKEN_TYPE}access_token`,
      audience: 'alerts',
    };
    return ask('/oauth/token', client, { ...defaults, ...form });
  };
  return {
    ask,
    exchange,
    logIn: async (login = 'doctor', through) => (await logInAt(origin, login, through)).accessToken,
    async exchanged(client, subject_token, form = {}) {
      const response = await exchange(client, { subject_token, ...form });
      if (!response.ok) throw new Error(await response.text());
      return (await response.json()).access_token;
    },
    async send(token, path, init = {}) {
      const headers = { ...init.headers, authorization: `Bearer ${token}` };
      const response = await fetch(`${origin}${path}`, { ...init, headers });
      await response.bytes();
      return response.status;
    },
  };
}
