import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { RunningDaemon } from '../programs/daemon.ts';
import { type RawResponse, rawRequest, sendRaw } from '../wire/raw-http.ts';
import { startCaddy } from './caddy.ts';
import {
  type CaseCredentials,
  type ForwardAuthGateway,
  startForwardAuthGateway,
} from './forward-auth-gateway.ts';
import { startNginx } from './nginx.ts';
import { type Received, type RecordingService, startRecordingService } from './recording-service.ts';

/** Where a reverse proxy under test finds its parts: `host:port` each. */
export interface ProxyAddresses {
  readonly wardgate: string;
  readonly patients: string;
  readonly doctors: string;
  readonly alerts: string;
}

/** A reverse proxy that is tested for real, where it is installed. */
export interface RealProxy {
  readonly name: 'nginx' | 'caddy';
  /** What `hasProgram` asks it. */
  readonly versionArgument: string;
  readonly start: (addresses: ProxyAddresses) => Promise<RunningDaemon>;
}

export const REAL_PROXIES: readonly RealProxy[] = [
  { name: 'nginx', versionArgument: '-v', start: startNginx },
  { name: 'caddy', versionArgument: 'version', start: startCaddy },
];

/** What came of a request through the reverse proxy: the client's answer, and what services received meanwhile. */
export interface Outcome {
  readonly response: RawResponse;
  readonly received: readonly Received[];
}

/** A reverse proxy with the gateway beside it and three services behind it. */
export interface ForwardAuthSetup {
  credentials(): CaseCredentials;
  gateway(): ForwardAuthGateway;
  proxy(): RunningDaemon;
  /** Sends one request: `send('GET /a', ['X-A: b'], 'body')`. */
  send(line: string, headerLines?: readonly string[], body?: string): Promise<Outcome>;
}

/** Starts everything before the tests of a `describe`, ends it after them. */
export function useForwardAuth(start: RealProxy['start']): ForwardAuthSetup {
  const services: RecordingService[] = [];
  let gateway: ForwardAuthGateway;
  let proxy: RunningDaemon;

  beforeAll(async () => {
    const [patients, doctors, alerts] = await Promise.all(
      ['patients', 'doctors', 'alerts'].map(startRecordingService),
    );
    if (patients === undefined || doctors === undefined || alerts === undefined)
      throw new Error('no services');
    services.push(patients, doctors, alerts);
    gateway = await startForwardAuthGateway();
    proxy = await start({
      wardgate: gateway.address,
      patients: patients.address,
      doctors: doctors.address,
      alerts: alerts.address,
    });
  });

  beforeEach(() => {
    for (const service of services) service.received.length = 0;
  });

  afterAll(async () => {
    await proxy?.stop();
    await gateway?.stop();
    await Promise.all(services.map((service) => service.stop()));
  });

  return {
    credentials: () => gateway.credentials,
    gateway: () => gateway,
    proxy: () => proxy,
    async send(line, headerLines = [], body = '') {
      const response = await sendRaw(proxy.port, rawRequest(line, headerLines, body));
      return { response, received: services.flatMap((service) => service.received.splice(0)) };
    },
  };
}

/** All values of a header field. */
export function fieldValues(headers: Received['headers'], name: string): readonly string[] {
  return headers.filter(([field]) => field === name).map(([, value]) => value);
}
