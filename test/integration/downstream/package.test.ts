import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KeySetServer, signAssertion, startKeySetServer } from '../../support/tokens/assertions.ts';
import { DOCTOR_ID, testKey } from '../../support/tokens/tokens.ts';
import {
  buildDownstream,
  installDownstream,
  REPOSITORY,
  run,
} from '../../support/wardgate/installed-downstream.ts';

let directory: string;
let keySet: KeySetServer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wardgate-package-'));
  keySet = await startKeySetServer([(await testKey()).publicJwk]);
  await buildDownstream();
});

afterAll(async () => {
  await keySet?.stop();
  await rm(directory, { recursive: true });
});

/** Another Node of this machine, older than the one that runs the tests, where one is installed. */
function findOlderNode(): string | undefined {
  const places = (process.env.PATH ?? '').split(delimiter).filter((place) => !place.includes('node_modules'));
  return places
    .map((place) => join(place, 'node'))
    .filter((file) => existsSync(file))
    .find((file) => {
      const version = spawnSync(file, ['--version'], { encoding: 'utf8' }).stdout.trim();
      const [major = 0] = version.replace('v', '').split('.').map(Number);
      return major >= 20 && version !== process.version;
    });
}

const SERVICE = `
import express from 'express';
import { Hono } from 'hono';
import { createServer } from 'node:http';
import { createAssertionVerifier, expressIdentity, honoIdentity, identityOf, readIdentity } from 'wardgate/downstream';

const [issuer, assertion] = process.argv.slice(2);
const verifier = createAssertionVerifier({
  issuer: 'https://wardgate.test',
  audience: 'patients',
  jwksUri: issuer + '/.well-known/jwks.json',
});
const headers = { 'x-user-id': 'usr_1', 'x-user-roles': 'doctor', 'x-consumer-username': '', 'x-session-id': '' };
const asserted = { ...headers, 'x-identity-assertion': assertion };
const out = {};

out.node = readIdentity(headers).identity.userId;
out.request = (await identityOf(new Request('http://x.test/', { headers }))).identity.userId;
out.asserted = (await identityOf(new Request('http://x.test/', { headers: asserted }), { verifier })).identity.userId;
out.refused = (await identityOf(new Request('http://x.test/'))).because;

const hono = new Hono();
hono.use(honoIdentity({ verifier }));
hono.get('/', (c) => c.text(c.get('identity').userId));
out.hono = await (await hono.request('/', { headers: asserted })).text();
out.honoRefused = (await hono.request('/', { headers })).status;

const app = express();
app.use(expressIdentity());
app.get('/', (request, response) => response.send(response.locals.identity.userId));
const server = createServer(app).listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const url = 'http://127.0.0.1:' + server.address().port + '/';
out.express = await (await fetch(url, { headers })).text();
out.expressRefused = (await fetch(url)).status;
server.closeAllConnections();
server.close();

console.log(JSON.stringify(out));
`;

const SAID = {
  node: 'usr_1',
  request: 'usr_1',
  asserted: DOCTOR_ID,
  refused: 'not_behind_wardgate',
  hono: DOCTOR_ID,
  honoRefused: 401,
  express: 'usr_1',
  expressRefused: 401,
};

const CONSUMER = `
import express from 'express';
import { Hono } from 'hono';
import {
  type AssertedIdentity,
  createAssertionVerifier,
  expressIdentity,
  honoIdentity,
  type Identity,
  identityOf,
  type IdentityVariables,
  readIdentity,
} from 'wardgate/downstream';

const verifier = createAssertionVerifier({ issuer: 'https://wardgate.test', audience: 'patients' });

export const app = new Hono<{ Variables: IdentityVariables }>();
app.use(honoIdentity());
app.get('/', (c) => c.json(c.get('identity').roles));

export const asserting = new Hono<{ Variables: IdentityVariables<{ verifier: typeof verifier; anonymous: true }> }>();
asserting.use('/x/*', honoIdentity({ verifier, anonymous: true }));
asserting.get('/x/:id', (c) => {
  const identity: AssertedIdentity | undefined = c.get('identity');
  return c.text(identity?.patientId ?? 'nobody');
});

export const server = express();
server.use(expressIdentity({ verifier, onRefused: (because) => because.length }));
server.get('/', (_request, response) => {
  const identity = response.locals.identity as Identity;
  response.json(identity.username ?? null);
});

export function ofNode(request: import('node:http').IncomingMessage): string {
  const reading = readIdentity(request.headers);
  return reading.kind === 'identified' ? reading.identity.userId : reading.kind;
}

export async function ofRequest(request: Request): Promise<string> {
  const reading = await identityOf(request, { verifier });
  // @ts-expect-error: nobody is identified before it was asked.
  reading.identity;
  return reading.kind === 'identified' ? reading.identity.issuer : reading.kind;
}
`;

const olderNode = findOlderNode();
if (olderNode === undefined) console.warn('not tried with an older Node: none is installed');

describe.each([
  ['the package', '.'],
  ['the package without the gateway', './dist'],
])('%s', (name, folder) => {
  let service: string;
  beforeAll(async () => {
    service = await installDownstream(folder, join(directory, name.replaceAll(' ', '-')));
    await writeFile(join(service, 'service.js'), SERVICE);
    await writeFile(join(service, 'consumer.ts'), CONSUMER);
  });

  it.each([process.execPath, ...(olderNode === undefined ? [] : [olderNode])])(
    'serves plain JavaScript with %s',
    async (node) => {
      const assertion = await signAssertion({}, { at: Math.floor(Date.now() / 1000) });
      const said = await run(node, ['service.js', keySet.origin, assertion], service);

      expect(JSON.parse(said)).toEqual(SAID);
    },
  );

  it.each(['nodenext', 'bundler'])('has types that a service is checked by, with %s', async (resolution) => {
    const moduleKind = resolution === 'bundler' ? 'esnext' : 'nodenext';
    const flags = `--noEmit --strict --exactOptionalPropertyTypes --skipLibCheck --target es2022 --module ${moduleKind} --moduleResolution ${resolution} --types node`;
    const compiler = join(REPOSITORY, 'node_modules/typescript/bin/tsc');

    expect(await run(process.execPath, [compiler, ...flags.split(' '), 'consumer.ts'], service)).toBe('');
  });

  it('holds JavaScript, declarations and little else', async () => {
    const files = await readdir(join(service, 'node_modules/wardgate'), { recursive: true });
    const odd = files.filter((file) => /\.[^/]+$/.test(file) && !/\.(?:js|d\.ts|json|md)$/.test(file));
    const text = await readFile(join(service, 'node_modules/wardgate/package.json'), 'utf8');

    expect(odd.filter((file) => file !== 'src/entry/cli.ts')).toEqual([]);
    expect(JSON.parse(text).exports['./downstream']).toBeDefined();
    expect(files.some((file) => /gateway\//.test(file))).toBe(false);
  });
});

it('needs nothing installed but jose without the gateway', async () => {
  const { dependencies } = JSON.parse(await readFile(join(REPOSITORY, 'dist/package.json'), 'utf8'));

  expect(Object.keys(dependencies)).toEqual(['jose']);
});
