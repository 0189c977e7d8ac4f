import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPage, theBlock } from '../../support/docs/page-programs.ts';
import { type OAuthScene, startOAuthScene } from '../../support/oauth/oauth-scene.ts';
import type { RegisteredClient } from '../../support/oauth/registered-client.ts';
import { hasPart, hasProgram } from '../../support/programs/real-parts.ts';
import { signClaims, testKey } from '../../support/tokens/tokens.ts';

const page = await readPage('introspection.md');

interface Runner {
  readonly language: string;
  /** Debian's own where the program needs its packages: another one may come first in the path. */
  readonly program: string;
  readonly file: string;
  readonly isThere: boolean;
}
const RUNNERS: readonly Runner[] = [
  { language: 'sh', program: 'sh', file: 'ask.sh', isThere: hasProgram('curl') },
  { language: 'js', program: process.execPath, file: 'ask.mjs', isThere: true },
  {
    language: 'python',
    program: '/usr/bin/python3',
    file: 'ask.py',
    isThere: hasPart('/usr/lib/python3/dist-packages/requests', 'python3-requests'),
  },
  {
    language: 'php',
    program: '/usr/bin/php',
    file: 'ask.php',
    isThere: hasPart('/usr/bin/php', 'php-cli') && hasPart('/var/lib/dpkg/info/php-curl.list', 'php-curl'),
  },
  { language: 'ruby', program: '/usr/bin/ruby', file: 'ask.rb', isThere: hasPart('/usr/bin/ruby', 'ruby') },
];

let scene: OAuthScene;
let registered: RegisteredClient;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wardgate-page-'));
  scene = await startOAuthScene('');
  registered = await scene.register();
});
afterAll(async () => {
  await scene?.stop();
  await rm(folder, { recursive: true });
});

/** Runs the one program of the page in a language that asks about a token, with the address of this Wardgate, and answers with what it writes. */
async function run(
  { language, program, file }: Runner,
  token: string,
  secret = registered.secret,
): Promise<string> {
  const text = theBlock(page, language, /\/oauth\/introspect[\s\S]*\bTOKEN\b/)
    .replace('http://127.0.0.1:8080', scene.issuer)
    .replace("'127.0.0.1', 8080", `'127.0.0.1', ${new URL(scene.issuer).port}`);
  await writeFile(join(folder, file), text);
  const env = { ...process.env, CLIENT_ID: registered.id, CLIENT_SECRET: secret, TOKEN: token };
  const ran = promisify(execFile)(program, [join(folder, file)], { env, timeout: 50_000 });
  return (await ran).stdout.trim();
}

/** Tokens that differ from a good one in one thing each. */
async function notGood(token: string): Promise<Record<string, string>> {
  const claims = decodeJwt(token);
  const key = await scene.signingKey();
  const stranger = { ...(await testKey(key.algorithm, 'stranger')), kid: key.kid };
  const at = Math.floor(Date.now() / 1000);
  return {
    expired: await signClaims({ ...claims, iat: at - 1000, exp: at - 100 }, { key }),
    'of another audience': await signClaims({ ...claims, aud: 'elsewhere' }, { key }),
    forged: await signClaims({ ...claims }, { key: stranger }),
    'no token': '"&token=x',
  };
}

describe('the programs of docs/introspection.md', () => {
  const there = RUNNERS.filter(({ isThere }) => isThere);

  it.each(there)('tell in $language whose token it is, and which are not active', async (runner) => {
    const { accessToken } = await scene.logIn(registered);
    expect(await run(runner, accessToken)).toContain(decodeJwt(accessToken).sub);

    const ended = await fetch(`${scene.issuer}/v1/auth/sessions/current/revoke`, {
      method: 'POST',
      headers: { authorization: `Bearer ${accessToken}` },
    });
    expect(ended.status).toBe(204);
    const tokens = { ...(await notGood((await scene.logIn(registered)).accessToken)), revoked: accessToken };
    for (const [what, token] of Object.entries(tokens))
      expect([what, await run(runner, token)]).toEqual([
        what,
        expect.stringMatching(/^(?:not active|\{"active":false\})$/),
      ]);
  });

  it.each(there.filter(({ language }) => language !== 'sh'))(
    'end with an error and no answer in $language where the secret is wrong',
    async (runner) => {
      await expect(run(runner, 'x', 'wrong')).rejects.toMatchObject({
        stdout: expect.not.stringContaining('active'),
        message: expect.stringContaining('401'),
      });
    },
  );
});
