import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blocksOf, readPage } from '../../support/docs/page-programs.ts';
import { hasProgram } from '../../support/programs/real-parts.ts';
import { freePort } from '../../support/servers/loopback-server.ts';
import { type DemoProcess, startDemo, writeDemoPolicy } from '../../support/wardgate/demo-process.ts';
import { REPOSITORY } from '../../support/wardgate/installed-downstream.ts';

const hasPrograms = hasProgram('curl') && hasProgram('jq');

const METRICS_TOKEN = 'a-token-of-16-or-more';

let folder: string;
let port: number;
let demo: DemoProcess;

/** Runs all lines of a page for the shell after a line of ours, one block after another in one shell, and answers with what each block wrote. */
async function runPage(
  name: string,
  { first = '', cwd = folder }: { first?: string; cwd?: string } = {},
): Promise<readonly string[]> {
  const blocks = [first, ...blocksOf(await readPage(name), 'sh')];
  const script = blocks.join("\nprintf '\\n\\f'\n").replaceAll('localhost:8080', `localhost:${port}`);
  const { stdout } = await promisify(execFile)('bash', ['-ec', script], { cwd, timeout: 50_000 });
  return stdout.split('\n\f').slice(1);
}

describe.skipIf(!hasPrograms)('what a page says to type at the demo', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wardgate-pages-'));
    await writeDemoPolicy(folder);
    port = await freePort();
    demo = await startDemo(folder, port, { METRICS_TOKEN });
  });
  afterAll(async () => {
    await demo?.stop();
    await rm(folder, { recursive: true });
  });

  it('gets, refreshes and revokes tokens in docs/oauth.md', async () => {
    const [, metadata = '', , own = '', loggedIn = '', refreshed = '', revoked = ''] =
      await runPage('oauth.md');
    expect(JSON.parse(metadata)).toMatchObject({ issuer: `http://localhost:${port}` });
    expect(JSON.parse(own)).toMatchObject({ token_type: 'Bearer', scope: 'alerts:read', expires_in: 900 });
    expect(loggedIn).toContain('"expiresIn": 900');
    expect(loggedIn).toContain('"username":"doctor"');
    expect(JSON.parse(refreshed)).toMatchObject({ token_type: 'Bearer' });
    expect(revoked).toMatch(/^\n?HTTP\/1\.1 200 [\s\S]*\{\}401\s*$/);
  });

  it('exchanges a token for one that is good at one service in docs/token-exchange.md', async () => {
    const [, , exchanged = '', asked = ''] = await runPage('token-exchange.md');
    expect(JSON.parse(exchanged)).toMatchObject({ scope: 'alerts:read', token_type: 'Bearer' });
    expect(asked.trim().split('\n')).toEqual(['200', '401', '401']);
  });
  it('sees both streams end with the session in docs/streams.md', async () => {
    const logIn = /^ +(DOCTOR=.*)$/m.exec(demo.text)?.[1];
    // However long it takes until both are open.
    const metrics = `curl -s http://localhost:8080/metrics -H 'Authorization: Bearer ${METRICS_TOKEN}'`;
    const sleep = `sleep() { until ${metrics} | grep -q '^wardgate_open_streams 2'; do command sleep 0.1; done; }`;
    const [ended = ''] = await runPage('streams.md', { first: `${logIn}\n${sleep}`, cwd: REPOSITORY });
    expect(ended).toContain('event: wardgate.end\ndata: {"code":"session_revoked"}\n\n');
    expect(ended).toContain('4401 session_revoked\n');
  });
});
