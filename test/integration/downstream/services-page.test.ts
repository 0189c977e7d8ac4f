import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { parsePolicyFile } from '../../../src/config/policy-file.ts';
import { freePort } from '../../support/servers/loopback-server.ts';
import { type KeySetServer, signAssertion, startKeySetServer } from '../../support/tokens/assertions.ts';
import { DOCTOR_ID, testKey } from '../../support/tokens/tokens.ts';
import {
  buildDownstream,
  installDownstream,
  REPOSITORY,
} from '../../support/wardgate/installed-downstream.ts';

const page = await readFile(join(REPOSITORY, 'docs/services.md'), 'utf8');
const HEADERS = {
  'x-user-id': DOCTOR_ID,
  'x-user-roles': 'doctor',
  'x-consumer-username': 'doctor@demo.test',
  'x-session-id': 'ses_1',
};
let directory: string;
let keySet: KeySetServer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wardgate-services-'));
  keySet = await startKeySetServer([(await testKey()).publicJwk]);
  await buildDownstream();
  await installDownstream('./dist', directory);
});

afterAll(async () => {
  await keySet?.stop();
  await rm(directory, { recursive: true });
});

/** The blocks of the page in a language, in order. */
function blocks(language: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, code]) => code ?? '',
  );
}

/** Runs the program of the page that uses what is named, and answers with its address. */
async function startProgram(using: string): Promise<string> {
  const [program, ...others] = blocks('js').filter((code) => code.includes(using));
  if (program === undefined || others.length > 0) throw new Error(`not exactly one program with ${using}`);
  await writeFile(join(directory, `${using}.js`), program);
  const port = await freePort();
  const child = spawn(process.execPath, [`${using}.js`], {
    cwd: directory,
    env: { ...process.env, PORT: String(port), WARDGATE_PUBLIC_URL: keySet.origin },
    stdio: 'ignore',
  });
  onTestFinished(async () => {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  const url = `http://127.0.0.1:${port}/notes/1`;
  await expect
    .poll(
      () =>
        fetch(url).then(
          ({ status }) => status,
          () => 0,
        ),
      { timeout: 20_000 },
    )
    .not.toBe(0);
  return url;
}

describe('the programs of docs/services.md', () => {
  it('read the headers with nothing but Node', async () => {
    const url = await startProgram('createServer');

    expect(await (await fetch(url, { headers: HEADERS })).json()).toEqual({
      userId: DOCTOR_ID,
      roles: ['doctor'],
      username: 'doctor@demo.test',
      sessionId: 'ses_1',
    });
    expect((await fetch(url)).status).toBe(401);
    expect((await fetch(url, { headers: { 'x-user-id': DOCTOR_ID } })).status).toBe(401);
  });

  it.each(['expressIdentity', 'honoIdentity'])('verify the assertion with %s', async (using) => {
    const url = await startProgram(using);
    const at = Math.floor(Date.now() / 1000);
    const own = { iss: keySet.origin, sub_iss: keySet.origin };
    const assertion = await signAssertion({ ...own, aud: 'notes' }, { at });
    const elsewhere = await signAssertion({ ...own, aud: 'patients' }, { at });
    const answer = await fetch(url, { headers: { 'x-identity-assertion': assertion } });

    expect(await answer.json()).toMatchObject({
      userId: DOCTOR_ID,
      issuer: keySet.origin,
      doctorId: 'd-200',
    });
    expect((await fetch(url, { headers: HEADERS })).status).toBe(401);
    expect((await fetch(url, { headers: { 'x-identity-assertion': elsewhere } })).status).toBe(401);
  });

  it('are all run', () => {
    expect(blocks('js')).toHaveLength(3);
  });

  it('are let through by a policy file that is right', () => {
    const [policy = ''] = blocks('yaml');
    const parsed = parsePolicyFile(policy, { publicUrl: 'http://localhost:8080' });

    expect(parsed).toMatchObject({ ok: true, value: { routes: [{ id: 'notes', assertion: true }] } });
  });
});

it('docs/README.md leads to every page', async () => {
  const index = await readFile(join(REPOSITORY, 'docs/README.md'), 'utf8');
  const pages = (await readdir(join(REPOSITORY, 'docs'))).filter((file) => file !== 'README.md');

  for (const file of pages) expect(index).toContain(`](${file}`);
});
