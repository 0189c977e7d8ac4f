import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningDaemon, startDaemon } from '../programs/daemon.ts';
import { freePort } from '../servers/loopback-server.ts';
import type { ProxyAddresses } from './forward-auth-setup.ts';

const SHIPPED = new URL('../../../gateway-config/proxies/nginx/nginx.conf', import.meta.url);

/** Where an nginx of a test listens, and the folder that is its own. */
interface OwnNginx {
  readonly port: number;
  readonly directory: string;
}

/** Starts the real nginx with the configuration that ships: only addresses, and the directories of this machine, are replaced. */
export async function startNginx(addresses: ProxyAddresses): Promise<RunningDaemon> {
  const shipped = await readFile(SHIPPED, 'utf8');
  return run((own) => withAddresses(shipped, addresses, own));
}

/** Starts the real nginx with one server that has these lines. */
export function startNginxServer(lines: string): Promise<RunningDaemon> {
  return run(
    (own) =>
      `events {}\nhttp {\naccess_log off; ${temporaryPaths(own)}\nserver {\nlisten 127.0.0.1:${own.port};\n${lines}\n}\n}\n`,
  );
}

async function run(configuration: (own: OwnNginx) => string): Promise<RunningDaemon> {
  const directory = await mkdtemp(join(tmpdir(), 'wardgate-nginx-'));
  // Started by root, nginx works as another user, who must get in.
  await chmod(directory, 0o755);
  const port = await freePort();
  const file = join(directory, 'nginx.conf');
  await writeFile(file, configuration({ port, directory }));
  return startDaemon('nginx', {
    args: ['-p', directory, '-c', file, '-e', 'stderr', '-g', `daemon off; pid ${directory}/nginx.pid;`],
    port,
    directory,
  });
}

function temporaryPaths({ directory }: OwnNginx): string {
  return ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${directory}/${kind};`)
    .join(' ');
}

function withAddresses(shipped: string, addresses: ProxyAddresses, own: OwnNginx): string {
  return [
    ['server 127.0.0.1:8080;', `server ${addresses.wardgate};`],
    ['server 127.0.0.1:9001;', `server ${addresses.patients};`],
    ['server 127.0.0.1:9002;', `server ${addresses.doctors};`],
    ['server 127.0.0.1:9003;', `server ${addresses.alerts};`],
    ['listen 80;', `listen 127.0.0.1:${own.port};`],
    ['http {\n', `http {\n access_log off; ${temporaryPaths(own)}\n`],
    ['worker_processes auto;', 'worker_processes 1;'],
  ].reduce((text, [from = '', to = '']) => {
    if (text.split(from).length !== 2) throw new Error(`not exactly once in nginx.conf: ${from}`);
    return text.replace(from, () => to);
  }, shipped);
}
