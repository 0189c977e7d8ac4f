import { writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import type { Load } from './load.ts';
import {
  haproxyCommand,
  hasHaproxy,
  hasNginx,
  nginxCommand,
  nginxProxy,
  nginxStatic,
} from './proxy-servers.ts';
import type { Contender } from './rounds.ts';
import type { Scene } from './scene.ts';
import { AUDIENCE, ISSUER, PATH, QUESTION } from './wardgate.ts';

/** A line of the report: two contenders of one group, and the ratio that is aimed at. */
export interface Comparison {
  readonly name: string;
  readonly ours: string;
  readonly baseline: string;
  readonly target: number | undefined;
}

/**
 * Contenders that are measured in alternating rounds, and what is said of them. Comparisons with an absent contender fall away. Figures are so many a
 * second, of which more is better, or `ms`, of which less is.
 */
export interface Group {
  readonly name: string;
  readonly unit?: 'ms';
  readonly contenders: readonly Contender[];
  readonly comparisons: readonly Comparison[];
}

const OURS = 'Wardgate';
const BARE = 'bare node:http';
const HAPROXY = 'HAProxy jwt_verify';
// Written by each server for itself.
const OWN_FIELDS = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding']);

function bearer(token: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}` };
}

/** Records an answer, so that a bare server can write the same. */
function recordAnswer(file: string, port: number, { path, headers }: Load): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = get({ host: '127.0.0.1', port, path, headers }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      response.on('end', () => {
        const raw = response.rawHeaders;
        const kept = raw.flatMap((name, at) =>
          at % 2 === 0 && !OWN_FIELDS.has(name.toLowerCase()) ? [name, raw[at + 1] ?? ''] : [],
        );
        writeFileSync(file, JSON.stringify({ status: response.statusCode, headers: kept, body }));
        resolve();
      });
    });
    asked.on('error', reject);
  });
}

async function startBare(scene: Scene, ours: number, load: Load): Promise<number> {
  const file = join(scene.folder, 'response.json');
  await recordAnswer(file, ours, load);
  return scene.startScript('bare-server', { RESPONSE_FILE: file });
}

async function startHaproxy(scene: Scene, algorithm: 'RS256' | 'ES256'): Promise<number> {
  const { publicPem } = scene.keys[algorithm];
  return scene.start('haproxy', (port) => haproxyCommand(scene.folder, algorithm, publicPem, port));
}

/** The decision path: forward-auth in nginx's dialect, one token that was seen before. */
export async function decisionGroup(scene: Scene): Promise<Group> {
  const load = { path: QUESTION.path, headers: { ...QUESTION.headers, ...bearer(scene.token) } };
  const ours = await scene.startWardgate(10);
  const contenders = [
    { name: OURS, port: ours, load },
    { name: BARE, port: await startBare(scene, ours, load), load },
  ];
  if (hasHaproxy) contenders.push({ name: HAPROXY, port: await startHaproxy(scene, 'RS256'), load });
  if (hasNginx) {
    const port = await scene.start('nginx', (at) =>
      nginxCommand(scene.folder, 'static', nginxStatic('', ''), at),
    );
    contenders.push({ name: 'nginx return 200', port, load });
  }
  const name = 'decision, token seen before (RS256)';
  return {
    name,
    contenders,
    comparisons: [
      { name, ours: OURS, baseline: BARE, target: 0.75 },
      { name, ours: OURS, baseline: HAPROXY, target: 2 },
      { name, ours: OURS, baseline: 'nginx return 200', target: undefined },
    ],
  };
}

/** The decision path with tokens that were not seen before, or so long ago that they are forgotten. */
export async function unseenGroup(scene: Scene): Promise<Group> {
  const ours = await scene.startWardgate(10);
  const contenders: Contender[] = [];
  for (const algorithm of ['RS256', 'ES256', 'EdDSA'] as const) {
    const load = { path: QUESTION.path, headers: QUESTION.headers, tokens: scene.tokens[algorithm] };
    contenders.push({ name: `${OURS} ${algorithm}`, port: ours, load });
    if (algorithm === 'EdDSA' || !hasHaproxy) continue;
    contenders.push({ name: `${HAPROXY} ${algorithm}`, port: await startHaproxy(scene, algorithm), load });
  }
  const load = { path: QUESTION.path, headers: { ...QUESTION.headers, ...bearer(scene.token) } };
  contenders.push({ name: BARE, port: await startBare(scene, ours, load), load });
  const compare = (algorithm: string, baseline: string, target?: number): Comparison => ({
    name: `decision, token not seen before (${algorithm})`,
    ours: `${OURS} ${algorithm}`,
    baseline,
    target,
  });
  return {
    name: 'decision, tokens not seen before',
    contenders,
    comparisons: [
      compare('RS256', `${HAPROXY} RS256`, 0.5),
      compare('ES256', `${HAPROXY} ES256`),
      compare('EdDSA', BARE),
    ],
  };
}

/** The proxy path: a small JSON record through each proxy, from the same upstream. */
export async function proxyGroup(scene: Scene): Promise<Group> {
  const load = { path: PATH, headers: bearer(scene.token) };
  const env = { UPSTREAM_PORT: String(scene.upstreamPort) };
  const keyFile = join(scene.folder, 'fastify.pem');
  writeFileSync(keyFile, scene.keys.RS256.publicPem);
  const fastify = { ...env, PUBLIC_KEY_FILE: keyFile, ISSUER, AUDIENCE };
  const contenders = [
    { name: OURS, port: await scene.startWardgate(10), load },
    { name: 'node:http pipe proxy', port: await scene.startScript('pipe-proxy', env), load },
    {
      name: 'Fastify with JWT and proxy plugins',
      port: await scene.startScript('fastify-gateway', fastify),
      load,
    },
    {
      name: 'the same Fastify, remembering tokens',
      port: await scene.startScript('fastify-gateway', { ...fastify, FASTIFY_CACHE: '1' }),
      load,
    },
  ];
  if (hasNginx) {
    const server = nginxProxy(scene.upstreamPort);
    const port = await scene.start('nginx', (at) => nginxCommand(scene.folder, 'proxy', server, at));
    contenders.push({ name: 'nginx proxy_pass', port, load });
  }
  const targets = [1.2, 2.5, undefined, undefined];
  const baselines = [
    'node:http pipe proxy',
    'Fastify with JWT and proxy plugins',
    'the same Fastify, remembering tokens',
    'nginx proxy_pass',
  ];
  const name = 'proxy, small JSON';
  const comparisons = baselines.map((baseline, at) => ({ name, ours: OURS, baseline, target: targets[at] }));
  return { name, contenders, comparisons };
}

/** The decision path with ten and with ten thousand routes. */
export async function routesGroup(scene: Scene): Promise<Group> {
  const load = { path: QUESTION.path, headers: { ...QUESTION.headers, ...bearer(scene.token) } };
  const [few, many] = ['Wardgate with 10 routes', 'Wardgate with 10,000 routes'];
  const contenders = [
    { name: few, port: await scene.startWardgate(10), load },
    { name: many, port: await scene.startWardgate(10_000), load },
  ];
  const name = 'decision, 10,000 routes';
  return { name, contenders, comparisons: [{ name, ours: many, baseline: few, target: 0.95 }] };
}
