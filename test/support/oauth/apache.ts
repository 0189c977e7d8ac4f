import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningDaemon, startDaemon } from '../programs/daemon.ts';
import { hasPart } from '../programs/real-parts.ts';
import { freePort } from '../servers/loopback-server.ts';

// Where Debian's packages put them, in the path of a plain user or not.
const PROGRAM = '/usr/sbin/apache2';
const MODULES = '/usr/lib/apache2/modules';

const LOADED = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'proxy', 'proxy_http'] as const;

/** Tells whether Apache is there with a module, whose package brings it. */
export function hasApache(module: 'auth_openidc' | 'oauth2'): boolean {
  return hasPart(`${MODULES}/mod_${module}.so`, `libapache2-mod-${module.replace('_', '-')}`);
}

/** Starts the real Apache with a module, these lines, the variables that stand in them, and the modules that they need. `output` is what it says before it opens its log. */
export async function startApache(
  module: string,
  lines: string,
  env: Readonly<Record<string, string>>,
): Promise<RunningDaemon> {
  const directory = await mkdtemp(join(tmpdir(), 'wardgate-apache-'));
  // Started by root, Apache works as another user, who must get in.
  await chmod(directory, 0o755);
  const port = await freePort();
  const file = join(directory, 'apache.conf');
  const own = [
    `ServerRoot ${directory}`,
    `DefaultRuntimeDir ${directory}`,
    'PidFile apache.pid',
    'ErrorLog error.log',
    'ServerName localhost',
    `Listen 127.0.0.1:${port}`,
    // Apache does not serve as root.
    ...(process.getuid?.() === 0 ? ['User nobody', 'Group nogroup'] : []),
    ...[...LOADED, module].map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`),
  ];
  await writeFile(file, `${own.join('\n')}\n${lines}`);
  return startDaemon(PROGRAM, { args: ['-f', file, '-D', 'FOREGROUND'], env, port, directory });
}
