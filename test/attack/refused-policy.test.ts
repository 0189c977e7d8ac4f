import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfiguration } from '../../src/entry/read-configuration.ts';
import { NODE_ENVIRONMENT } from '../support/programs/node-environment.ts';

const SERVE = fileURLToPath(new URL('../../src/entry/serve.ts', import.meta.url));

const GOOD = `version: 1
issuers:
  - { id: wardgate, audience: clinic }
upstreams:
  service: { url: http://127.0.0.1:9 }
routes:
  - { id: secret, path: /secret/**, upstream: service, allow: [{ roles: [doctor] }] }
`;

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wardgate-policy-'));
});

afterAll(() => rm(directory, { recursive: true }));

/** The variables of an edge alone, which needs no database, on a policy. */
async function environmentOn(policy: string | Uint8Array): Promise<Record<string, string>> {
  const file = join(directory, 'gateway.yaml');
  await writeFile(file, policy);
  return {
    PORT: '0',
    WARDGATE_CONFIG: file,
    WARDGATE_ROLE: 'gateway',
    WARDGATE_PUBLIC_URL: 'https://gate.test',
    WARDGATE_CORE_URL: 'http://127.0.0.1:9',
    WARDGATE_CLIENT_ID: 'edge',
    WARDGATE_CLIENT_SECRET: 'edge-secret-of-32-bytes-0000000000',
  };
}

/** What a process that is started on a policy says of it; nothing where it is good. */
async function refusalOf(policy: string | Uint8Array): Promise<string | undefined> {
  const configuration = await readConfiguration(await environmentOn(policy));
  return configuration.ok ? undefined : configuration.reason;
}

describe('a policy file', () => {
  it('is taken when it is good, so that the others are refused for what they say', async () => {
    expect(await refusalOf(GOOD)).toBeUndefined();
  });

  it('attack 27: with a typo ends the process before it listens', async () => {
    const env = { ...NODE_ENVIRONMENT, ...(await environmentOn(GOOD.replace('allow:', 'alow:'))) };
    const { status, stdout, stderr } = spawnSync(process.execPath, [SERVE], {
      env,
      encoding: 'utf8',
      timeout: 50_000,
    });
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/gateway\.yaml:7:\d+ routes\[0\]\.alow: .*allow/);
  });

  it.each([
    ['an unknown key', GOOD.replace('allow:', 'alow:'), 7, 'routes[0].alow'],
    ['a key in another case', GOOD.replace('routes:', 'Routes:'), 6, 'Routes'],
    ['an unknown kind of credential', `${GOOD}credentials: [bearer, basic]\n`, 8, 'credentials[1]'],
    ['an algorithm that is none', GOOD.replace('clinic }', 'clinic, algorithms: [none] }'), 3, 'algorithms'],
    ['a shared-secret algorithm', GOOD.replace('clinic }', 'clinic, algorithms: [HS256] }'), 3, 'algorithms'],
    ['everyone as trusted proxy', `${GOOD}trusted_proxies: ["0.0.0.0/0"]\n`, 8, 'trusted_proxies'],
    [
      'everyone as trusted proxy in two halves',
      `${GOOD}trusted_proxies: ["0.0.0.0/1", "128.0.0.0/1"]\n`,
      8,
      'trusted_proxies',
    ],
    ['a route of our own paths', GOOD.replace('/secret/**', '/v1/auth/**'), 7, 'routes[0].path'],
    ['a pattern with two readings', GOOD.replace('/secret/**', '/%73ecret/../**'), 7, 'routes[0].path'],
    ['a route both open and closed', GOOD.replace('allow:', 'access: public, allow:'), 7, 'routes[0]'],
    ['a key that stands twice', `${GOOD}routes: []\n`, 8, 'routes'],
    ['a role that is two', GOOD.replace('[doctor]', '["doctor,admin"]'), 7, 'roles'],
    ['another version', GOOD.replace('version: 1', 'version: 2'), 1, 'version'],
  ])('attack 27: with %s is refused whole, by file, line and place', async (_, policy, line, place) => {
    const refusal = await refusalOf(policy);
    expect(refusal).toContain(`gateway.yaml:${line}:`);
    expect(refusal).toContain(place);
  });

  it.each([
    ['empty', ''],
    ['a list', '[]'],
    ['no YAML', 'a: [b'],
    ['no text', new Uint8Array([0xff, 0xfe, 0x00])],
    ['cut short', GOOD.slice(0, 120)],
    ['two documents', `${GOOD}---\n${GOOD}`],
    [
      'a bomb of aliases',
      `a: &a [x,x]\n${Array.from({ length: 30 }, (_, at) => `b${at}: &b${at} [*${at === 0 ? 'a' : `b${at - 1}`}, *${at === 0 ? 'a' : `b${at - 1}`}]`).join('\n')}\n`,
    ],
  ])('attack 27: that is %s is refused', async (_, policy) => {
    expect(await refusalOf(policy)).toContain('gateway.yaml');
  });
});
