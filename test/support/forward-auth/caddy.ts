import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RunningDaemon, startDaemon } from '../programs/daemon.ts';
import { freePort } from '../servers/loopback-server.ts';
import type { ProxyAddresses } from './forward-auth-setup.ts';

const SHIPPED = fileURLToPath(new URL('../../../gateway-config/proxies/caddy/Caddyfile', import.meta.url));

/** Starts the real Caddy with the configuration that ships, whose addresses are environment variables. */
export async function startCaddy(addresses: ProxyAddresses): Promise<RunningDaemon> {
  const directory = await mkdtemp(join(tmpdir(), 'wardgate-caddy-'));
  const port = await freePort();
  return startDaemon('caddy', {
    args: ['run', '--config', SHIPPED, '--adapter', 'caddyfile'],
    env: {
      HOME: directory,
      XDG_DATA_HOME: directory,
      XDG_CONFIG_HOME: directory,
      CADDY_ADMIN: 'off',
      SITE_ADDRESS: `http://:${port}`,
      WARDGATE_ADDRESS: addresses.wardgate,
      PATIENTS_ADDRESS: addresses.patients,
      DOCTORS_ADDRESS: addresses.doctors,
      ALERTS_ADDRESS: addresses.alerts,
    },
    port,
    directory,
  });
}
