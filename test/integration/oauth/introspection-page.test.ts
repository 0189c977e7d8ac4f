import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OAuthScene, startOAuthScene } from '../../support/oauth/oauth-scene.ts';
import type { RegisteredClient } from '../../support/oauth/registered-client.ts';
import { hasPart, hasProgram } from '../../support/programs/real-parts.ts';
import { REPOSITORY } from '../../support/wardgate/installed-downstream.ts';

// Debian's own, for which its packages are: another one may come first in the path.
const PYTHON = '/usr/bin/python3';
const RUNNERS: readonly (readonly [string, string, readonly string[], boolean])[] = [
  ['sh', 'sh', ['-c'], hasProgram('curl')],
  ['js', process.execPath, ['--input-type=module', '-e'], true],
  ['python', PYTHON, ['-c'], hasPart('/usr/lib/python3/dist-packages/requests', 'python3-requests')],
];

let scene: OAuthScene;
let registered: RegisteredClient;

beforeAll(async () => {
  scene = await startOAuthScene('');
  registered = await scene.register();
});
afterAll(() => scene?.stop());

/** The one program of the page in a language that asks about a token, with the address of this Wardgate. */
async function programOfPage(language: string): Promise<string> {
  const page = await readFile(join(REPOSITORY, 'docs/introspection.md'), 'utf8');
  const blocks = [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))];
  const programs = blocks.map(([, code = '']) => code);
  const [program, ...others] = programs.filter(
    (code) => code.includes('/oauth/introspect') && /\bTOKEN\b/.test(code),
  );
  if (program === undefined || others.length > 0) throw new Error(`not exactly one program in ${language}`);
  return program.replace('http://127.0.0.1:8080', scene.issuer);
}

describe('the programs of docs/introspection.md', () => {
  it.each(RUNNERS.filter(([, , , isThere]) => isThere))(
    'tell in %s whose token it is, and after the log-out that it is not active',
    async (language, command, before) => {
      const program = await programOfPage(language);
      const { accessToken } = await scene.logIn(registered);
      const env = {
        ...process.env,
        CLIENT_ID: registered.id,
        CLIENT_SECRET: registered.secret,
        TOKEN: accessToken,
      };
      const run = async () =>
        (await promisify(execFile)(command, [...before, program], { env, timeout: 20_000 })).stdout.trim();

      expect(await run()).toMatch(/usr_[0-9a-f]{32}/);
      const ended = await fetch(`${scene.issuer}/v1/auth/sessions/current/revoke`, {
        method: 'POST',
        headers: { authorization: `Bearer ${accessToken}` },
      });
      expect(ended.status).toBe(204);
      expect(await run()).toMatch(/^(not active|\{"active":false\})$/);
    },
  );

  it('end with an error and no answer in JavaScript where the secret is wrong', async () => {
    const env = { ...process.env, CLIENT_ID: registered.id, CLIENT_SECRET: 'wrong', TOKEN: 'x' };
    const program = ['--input-type=module', '-e', await programOfPage('js')];
    const asked = promisify(execFile)(process.execPath, program, { env });
    await expect(asked).rejects.toThrow('cannot tell: 401');
  });
});
