import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { createId } from '../../src/identity/ids.ts';
import { freePort } from '../support/servers/loopback-server.ts';
import type { Group } from './groups.ts';
import {
  type BenchCore,
  type IssuanceScene,
  issuanceEnvironment,
  LOGIN,
  PASSWORD,
} from './issuance-scene.ts';
import type { Load } from './load.ts';
import { startServer } from './processes.ts';
import type { Contender } from './rounds.ts';
import { tokenOf } from './storm-group.ts';

const PATH = '/oauth/introspect';
const TARGET = 0.5;
// Above what is remembered, so that a cycle through all never meets one that is remembered.
const TOKENS = 11_000;
const BARE_JWT = 'bare node:http, form of a JWT';
const BARE_SESSION = 'bare node:http, form of a session token';
const [JWT, SESSION, UNSEEN] = [
  'Wardgate, JWT seen before',
  'Wardgate, session token',
  'Wardgate, JWTs not seen before',
];

/** Questions about tokens, beside a bare server that reads the same form and answers with as much. */
export async function introspectionGroup(scene: IssuanceScene): Promise<Group> {
  const core = await scene.startCore('RS256');
  const ours = await startOurs(scene, core);
  const headers = await headersOf(core);
  const token = await tokenOf(ours);
  const form = (text: string): Load => ({ path: PATH, headers, form: `token=${text}` });
  const jwt = form(token);
  const session = form(await sessionTokenOf(ours));
  const unseen: Load = { ...form(''), tokens: await manyTokens(scene, core, token) };
  const contenders: Contender[] = [
    { name: JWT, port: ours, load: jwt },
    { name: BARE_JWT, port: await startBare(scene, ours, jwt, 'jwt'), load: jwt },
    { name: SESSION, port: ours, load: session },
    { name: BARE_SESSION, port: await startBare(scene, ours, session, 'session'), load: session },
    { name: UNSEEN, port: ours, load: unseen },
  ];
  return {
    name: 'introspection',
    contenders,
    comparisons: [
      { name: 'introspection, JWT seen before', ours: JWT, baseline: BARE_JWT, target: TARGET },
      { name: 'introspection, session token', ours: SESSION, baseline: BARE_SESSION, target: TARGET },
      { name: 'introspection, JWTs not seen before', ours: UNSEEN, baseline: BARE_JWT, target: undefined },
    ],
  };
}

async function startOurs(scene: IssuanceScene, { databaseUrl }: BenchCore): Promise<number> {
  const port = await freePort();
  const folder = process.env.BENCH_PROFILE;
  const profiled = folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`];
  await startServer([process.execPath, ...profiled, join(import.meta.dirname, '../../src/entry/serve.ts')], {
    port,
    outputFile: join(scene.folder, 'introspecting.log'),
    env: {
      ...issuanceEnvironment(databaseUrl, scene.folder, 'RS256'),
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(port),
      LOG_LEVEL: 'info',
      WARDGATE_PUBLIC_URL: `http://localhost:${port}`,
    },
  });
  return port;
}

async function headersOf(core: BenchCore): Promise<Record<string, string>> {
  const { id, secret } = await core.createClient();
  return {
    authorization: `Basic ${btoa(`${id}:${secret}`)}`,
    'content-type': 'application/x-www-form-urlencoded',
  };
}

async function sessionTokenOf(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/auth/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: `http://localhost:${port}` },
    body: JSON.stringify({ login: LOGIN, password: PASSWORD, transport: 'cookie' }),
  });
  return /=([^;]+)/.exec(response.headers.get('set-cookie') ?? '')?.[1] ?? '';
}

/** Signs tokens of one session, each with a name of its own. */
async function manyTokens(scene: IssuanceScene, core: BenchCore, token: string) {
  const claims = decodeJwt(token);
  const signing = Array.from({ length: TOKENS }, () => core.sign({ ...claims, jti: createId('token') }));
  const file = join(scene.folder, 'unseen.tokens');
  writeFileSync(file, (await Promise.all(signing)).join('\n'));
  return { file, count: TOKENS };
}

/** Starts a bare server that writes what ours answers, once it is sure that the answer is the one to measure. */
async function startBare(scene: IssuanceScene, ours: number, load: Load, name: string): Promise<number> {
  const { headers, form = '' } = load;
  const response = await fetch(`http://127.0.0.1:${ours}${PATH}`, { method: 'POST', headers, body: form });
  const body = await response.text();
  if (!body.includes('"active":true')) throw new Error(`asking was answered ${response.status} ${body}`);
  const fields = ['content-type', 'application/json', 'cache-control', 'no-store', 'pragma', 'no-cache'];
  const file = join(scene.folder, `${name}.json`);
  const answer = { status: 200, headers: [...fields, 'content-length', String(body.length)], body };
  writeFileSync(file, JSON.stringify(answer));
  const port = await freePort();
  await startServer([process.execPath, join(import.meta.dirname, 'servers/bare-form-server.ts')], {
    port,
    outputFile: join(scene.folder, `${name}.log`),
    env: { PORT: String(port), RESPONSE_FILE: file },
  });
  return port;
}
