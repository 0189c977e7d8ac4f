import { afterAll, beforeAll, beforeEach } from 'vitest';
import { startCaddy } from './caddy.ts';
import {
  type CaseCredentials,
  type ForwardAuthGateway,
  startForwardAuthGateway,
} from './forward-auth-gateway.ts';
import { startNginx } from './nginx.ts';
import { type RawResponse, rawRequest, sendRaw } from './raw-http.ts';
import { hasProgram } from './real-parts.ts';
import { type Received, type RecordingService, startRecordingService } from './recording-service.ts';
import type { ProxyAddresses, RunningProxy } from './reverse-proxy.ts';

/** A reverse proxy that is installed here, or the reason why its tests are skipped has been printed. */
export interface InstalledProxy {
  readonly name: 'nginx' | 'caddy';
  readonly isInstalled: boolean;
  readonly start: (addresses: ProxyAddresses) => Promise<RunningProxy>;
}

/** The reverse proxies that are tested for real. */
export const REVERSE_PROXIES: readonly InstalledProxy[] = [
  { name: 'nginx', isInstalled: hasProgram('nginx', '-v'), start: startNginx },
  { name: 'caddy', isInstalled: hasProgram('caddy', 'version'), start: startCaddy },
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
  proxy(): RunningProxy;
  /** Sends one request: `send('GET /a', ['X-A: b'], 'body')`. */
  send(line: string, headerLines?: readonly string[], body?: string): Promise<Outcome>;
}

/** Starts everything before the tests of a `describe`, ends it after them. */
export function useForwardAuth(start: InstalledProxy['start']): ForwardAuthSetup {
  const services: RecordingService[] = [];
  let gateway: ForwardAuthGateway;
  let proxy: RunningProxy;

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
