import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePolicyFile } from '../../../src/config/policy-file.ts';
import { blocksOf, readPage, theBlock } from '../../support/docs/page-programs.ts';
import { type PageService, type ServiceProgram, startPageService } from '../../support/docs/page-service.ts';
import type { RunningDaemon } from '../../support/programs/daemon.ts';
import { hasPart, hasProgram } from '../../support/programs/real-parts.ts';
import { freePort } from '../../support/servers/loopback-server.ts';
import { signAssertion } from '../../support/tokens/assertions.ts';
import { assembleToken, DOCTOR_ID, signBytes, testKey } from '../../support/tokens/tokens.ts';
import {
  buildDownstream,
  installDownstream,
  REPOSITORY,
} from '../../support/wardgate/installed-downstream.ts';

const page = await readPage('services.md');
const node = (using: string): ServiceProgram => ({
  file: `${using}.js`,
  text: theBlock(page, 'js', using),
  command: () => [process.execPath, `${using}.js`],
});
const HEADERS = {
  'x-user-id': DOCTOR_ID,
  'x-user-roles': 'doctor',
  'x-consumer-username': 'doctor@demo.test',
  'x-session-id': 'ses_1',
};
const RUBY: ServiceProgram = {
  file: 'config.ru',
  text: theBlock(page, 'ruby', 'identity_from_assertion'),
  command: (port) => ['/usr/bin/puma', '-b', `tcp://127.0.0.1:${port}`],
};
const hasRuby = hasPart('/usr/bin/puma', 'puma') && hasPart('/var/lib/dpkg/info/ruby-jwt.list', 'ruby-jwt');

let scene: PageService;

beforeAll(async () => {
  scene = await startPageService(blocksOf(page, 'yaml')[0] ?? '');
  await buildDownstream();
  await installDownstream('./dist', scene.folder);
});
afterAll(() => scene?.stop());

/** Asks the service itself, past Wardgate. A header may stand twice. */
async function askDirectly(
  { port }: RunningDaemon,
  headers: Readonly<Record<string, string | string[]>> = {},
): Promise<number> {
  const sent = request(`http://127.0.0.1:${port}/notes/1`, { headers }).end();
  const [answer] = await once(sent, 'response');
  answer.resume();
  return answer.statusCode;
}

/** Asks Wardgate with a token. */
function ask(token: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`${scene.issuer}/notes/1`, { headers: { ...headers, authorization: `Bearer ${token}` } });
}

function logOut(token: string): Promise<Response> {
  const headers = { authorization: `Bearer ${token}` };
  return fetch(`${scene.issuer}/v1/auth/sessions/current/revoke`, { method: 'POST', headers });
}

/** What somebody who reaches Wardgate, or the service itself, may say of himself. */
async function claimed(): Promise<Record<string, string>> {
  const { assertion } = await assertions();
  const forged = { ...HEADERS, 'x-identity-assertion': assertion };
  return Object.fromEntries(
    Object.entries(forged).flatMap(([name, value]) => [
      [name, value],
      [name.replaceAll('-', '_'), value],
    ]),
  );
}

/** Assertions by the key of this Wardgate: the good one, and ones that must be refused, by what is wrong with each. */
async function assertions() {
  const { key, issuer } = scene;
  const at = Math.floor(Date.now() / 1000);
  const claims = { iss: issuer, sub_iss: issuer, aud: 'notes' };
  const sign = (other: Readonly<Record<string, unknown>> = {}, options = {}) =>
    signAssertion({ ...claims, ...other }, { at, key, ...options });
  const assertion = await sign();
  const [header = '', payload = '', signature = ''] = assertion.split('.');
  const decoded = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const stranger = { ...(await testKey(key.algorithm, 'key_stranger')), kid: key.kid };
  const wrong = {
    'is of another audience': await sign({ aud: 'patients' }),
    'is of this audience and another one': await sign({ aud: ['notes', 'patients'] }),
    'is of another issuer': await sign({ iss: 'https://elsewhere.test' }),
    'is over': await sign({}, { at: at - 120 }),
    'has no end': await sign({ exp: undefined }),
    'is an access token': await sign({}, { header: { typ: 'at+jwt' } }),
    'is signed by a stranger': await sign({}, { key: stranger }),
    'is signed by a key that nobody knows': await sign({}, { header: { kid: 'key_unknown' } }),
    'has another subject than was signed': `${header}.${assembleToken({}, { ...decoded, sub: 'usr_1' }).split('.')[1]}.${signature}`,
    'has another algorithm than was signed by': assembleToken(
      { alg: 'RS512', kid: key.kid, typ: 'identity-assertion+jwt' },
      decoded,
      await signBytes(key, `${header}.${payload}`),
    ),
    'is not signed': assembleToken({ alg: 'none', kid: key.kid, typ: 'identity-assertion+jwt' }, decoded),
    'is no token': 'usr_1',
    'is empty': '',
  };
  return { assertion, wrong };
}

describe('the program of docs/services.md that reads the headers with nothing but Node', () => {
  let service: RunningDaemon;
  beforeAll(async () => {
    service = await scene.startService(node('createServer'));
  });
  afterAll(() => service?.stop());

  it('is told by Wardgate who is calling, whatever the caller says', async () => {
    const token = await scene.logIn('doctor');
    expect(await (await ask(token, await claimed())).json()).toEqual({
      userId: decodeJwt(token).sub,
      roles: ['doctor'],
      username: 'doctor',
      sessionId: expect.stringMatching(/^ses_/),
    });
  });

  it.skipIf(!hasProgram('curl'))('answers what the page says that it answers', async () => {
    const lines = theBlock(page, 'sh', 'TOKEN=')
      .replaceAll('http://localhost:8080', scene.issuer)
      .replaceAll('http://127.0.0.1:9100', `http://127.0.0.1:${service.port}`);
    const { stdout } = await promisify(execFile)('sh', ['-ec', lines], { timeout: 20_000 });
    const said = [...lines.matchAll(/# (\d{3})/g)].map(([, status]) => status);
    expect(said).toHaveLength(3);
    expect([...stdout.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status)).toEqual(said);
  });

  it('refuses requests that lack a header or have one twice', async () => {
    expect(await askDirectly(service, HEADERS)).toBe(200);
    expect(await askDirectly(service)).toBe(401);
    expect(await askDirectly(service, { 'x-user-id': DOCTOR_ID })).toBe(401);
    expect(await askDirectly(service, { ...HEADERS, 'x-user-id': [DOCTOR_ID, 'usr_1'] })).toBe(401);
  });
});

const inNode = (userId = '') => ({ userId, issuer: scene.issuer, roles: ['doctor'], doctorId: 'd-200' });
const inRuby = (userId = '') => ({ for: userId, roles: ['doctor'] });
const VERIFYING = [
  { name: 'Express', isThere: true, program: node('expressIdentity'), tells: inNode },
  { name: 'Hono', isThere: true, program: node('honoIdentity'), tells: inNode },
  { name: 'Ruby', isThere: hasRuby, program: RUBY, tells: inRuby },
];

describe.each(VERIFYING.filter(({ isThere }) => isThere))(
  'the program of docs/services.md that verifies the assertion with $name',
  ({ program, tells }) => {
    let service: RunningDaemon;
    beforeAll(async () => {
      service = await scene.startService(program);
    });
    afterAll(() => service?.stop());

    it('is told by Wardgate who is calling, whatever the caller says, and not of whoever has logged out', async () => {
      const token = await scene.logIn('doctor');
      const answer = await ask(token, await claimed());
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject(tells(decodeJwt(token).sub));
      expect((await ask(await scene.logIn('patient'))).status).toBe(403);
      expect((await logOut(token)).status).toBe(204);
      expect((await ask(token)).status).toBe(401);
    });

    it('refuses whoever reaches it otherwise, unless it has a good assertion', async () => {
      const { assertion, wrong } = await assertions();
      expect(await askDirectly(service, { 'x-identity-assertion': assertion })).toBe(200);
      expect(await askDirectly(service, HEADERS)).toBe(401);
      expect(await askDirectly(service, { 'x-identity-assertion': [assertion, assertion] })).toBe(401);
      for (const [what, each] of Object.entries(wrong))
        expect([what, await askDirectly(service, { ...HEADERS, 'x-identity-assertion': each })]).toEqual([
          what,
          401,
        ]);
    });
  },
);

it.each(VERIFYING.filter(({ isThere }) => isThere))(
  'with $name, 503 is answered while the key set cannot be fetched',
  async ({ program }) => {
    const issuer = `http://localhost:${await freePort()}`;
    await using stack = new AsyncDisposableStack();
    const service = stack.adopt(await scene.startService({ ...program, issuer }), (started) =>
      started.stop(),
    );
    const { assertion } = await assertions();
    expect(await askDirectly(service, { 'x-identity-assertion': assertion })).toBe(503);
  },
);

describe('docs/services.md', () => {
  it('has no program in JavaScript that is not run here', () => {
    expect(blocksOf(page, 'js')).toHaveLength(3);
  });

  it('has a policy file that lets them through', () => {
    const [policy = ''] = blocksOf(page, 'yaml');
    const parsed = parsePolicyFile(policy, { publicUrl: 'http://localhost:8080' });

    expect(parsed).toMatchObject({ ok: true, value: { routes: [{ id: 'notes', assertion: true }] } });
  });
});

it('docs/README.md leads to every page', async () => {
  const index = await readFile(join(REPOSITORY, 'docs/README.md'), 'utf8');
  const pages = (await readdir(join(REPOSITORY, 'docs'))).filter((file) => file !== 'README.md');

  for (const file of pages) expect(index).toContain(`](${file}`);
});
