import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isInstalled } from './processes.ts';

/** Tells whether nginx is installed. */
export const hasNginx = isInstalled('nginx', '-v');
/** Tells whether HAProxy is installed. */
export const hasHaproxy = isInstalled('haproxy', '-v');

/** Writes an nginx configuration of one worker, logging each request to a file, and gives the command that runs it. */
export function nginxCommand(folder: string, name: string, server: string, port: number): readonly string[] {
  const file = join(folder, `${name}.conf`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const text = `
daemon off;
worker_processes 1;
pid ${folder}/${name}.pid;
error_log ${folder}/${name}.error.log;
events { worker_connections 1024; }
http {
  access_log ${folder}/${name}.access.log;
  keepalive_requests 100000000;
${temporary.map((kind) => `  ${kind}_temp_path ${folder}/${name}.${kind};`).join('\n')}
${server.replace('PORT', String(port))}
}
`;
  writeFileSync(file, text);
  return ['nginx', '-p', folder, '-c', file, '-e', join(folder, `${name}.error.log`)];
}

/** An nginx server that answers everything with one text. */
export function nginxStatic(contentType: string, body: string): string {
  const answer = body === '' ? 'return 200;' : `default_type ${contentType}; return 200 '${body}';`;
  return `  server { listen 127.0.0.1:PORT; location / { ${answer} } }`;
}

/** An nginx server that passes everything on over kept-alive connections. */
export function nginxProxy(upstreamPort: number): string {
  return `  upstream behind { server 127.0.0.1:${upstreamPort}; keepalive 64; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:PORT;
    location / { proxy_pass http://behind; proxy_http_version 1.1; proxy_set_header Connection ""; }
  }`;
}

/** Writes a HAProxy configuration that verifies each bearer token's signature by its own `jwt_verify`, and gives its command. */
export function haproxyCommand(
  folder: string,
  algorithm: string,
  publicPem: string,
  port: number,
): readonly string[] {
  const key = join(folder, `${algorithm}.pem`);
  const file = join(folder, `haproxy-${algorithm}.cfg`);
  writeFileSync(key, publicPem);
  const text = `
global
  nbthread 1
  maxconn 1024
defaults
  mode http
  timeout client 30s
  timeout connect 5s
  timeout server 30s
frontend gateway
  bind 127.0.0.1:${port}
  http-request set-var(txn.bearer) http_auth_bearer
  http-request set-var(txn.algorithm) var(txn.bearer),jwt_header_query('$.alg')
  http-request deny deny_status 401 unless { var(txn.algorithm) -m str ${algorithm} }
  http-request deny deny_status 401 unless { var(txn.bearer),jwt_verify(txn.algorithm,"${key}") -m int 1 }
  http-request return status 200
`;
  writeFileSync(file, text);
  return ['haproxy', '-db', '-f', file];
}
