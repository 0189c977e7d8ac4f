import { execFile, spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { NODE_ENVIRONMENT } from '../../support/programs/node-environment.ts';
import { hasProgram } from '../../support/programs/real-parts.ts';
import { freePort } from '../../support/servers/loopback-server.ts';
import { DEMO, type DemoProcess, startDemo, writeDemoPolicy } from '../../support/wardgate/demo-process.ts';
import { readOutput } from '../../support/wardgate/wardgate-process.ts';

const run = promisify(execFile);

async function start(folder: string, port: number): Promise<DemoProcess> {
  const demo = await startDemo(folder, port);
  onTestFinished(demo.kill);
  return demo;
}

describe.skipIf(!hasProgram('curl'))('npm run demo', () => {
  let folder: string;
  let port: number;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wardgate-demo-'));
    await writeDemoPolicy(folder);
    port = await freePort();
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('prints commands that do what is said of them when they are pasted', async () => {
    const demo = await start(folder, port);
    const pasted = demo.text
      .split('\n')
      .filter((line) => /^ {2}(?:curl|DOCTOR=|PATIENT=)/.test(line))
      .join('\n');
    const { stdout } = await run('bash', ['-c', pasted]);
    const statuses = [...stdout.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => status);
    expect(statuses).toEqual(['200', '200', '403', '200', '401', '401', '200', '404', '204', '401', '202']);
    expect(stdout).toContain('["X-User-Roles","doctor"]');
    expect(stdout).toContain('["X-User-Id",""]');
    expect(stdout).not.toContain('somebody-else');
    expect(stdout).toContain('event: wardgate.end\ndata: {"code":"session_revoked"}');
    expect(stdout).toContain('"identity":{"kind":"anonymous"}');
    expect(stdout).toMatch(/"identity":{"kind":"identified","identity":{[^}]*"doctorId":"d-200"/);
    const outbox = async () => (await fetch(`http://localhost:${port}/_gateway/outbox`)).text();
    await expect.poll(outbox).toContain('/v1/auth/password/reset#token=');
    expect(await demo.stop()).toBe(0);
  });

  it('streams alerts and echoes WebSocket messages as they come, until the session is deleted', async () => {
    const demo = await start(folder, port);
    const login = JSON.stringify({ login: 'doctor@demo.test', password: 'wardgate-demo-passphrase' });
    const loggedIn = await fetch(`http://127.0.0.1:${port}/v1/auth/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: login,
    });
    const { accessToken, session } = (await loggedIn.json()) as {
      accessToken: string;
      session: { id: string };
    };
    const headers = { authorization: `Bearer ${accessToken}` };

    const { body } = await fetch(`http://127.0.0.1:${port}/alerts/stream`, { headers });
    const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toMatch(/^(?:event|data|id): /);
    const socket = new WebSocket(`ws://127.0.0.1:${port}/alerts/ws`, { headers });
    const messages = on(socket, 'message');
    await once(socket, 'open');
    await messages.next();
    socket.send('are you there?');
    expect(String((await messages.next()).value?.[0])).toBe('are you there?');

    const closed = once(socket, 'close');
    const sessionUrl = `http://127.0.0.1:${port}/v1/auth/sessions/${session.id}`;
    expect((await fetch(sessionUrl, { method: 'DELETE', headers })).status).toBe(204);
    let rest = '';
    for (let read = await reader?.read(); read?.done === false; read = await reader?.read())
      rest += read.value;
    expect(rest).toMatch(/event: wardgate\.end\ndata: {"code":"session_revoked"}\n\n$/);
    expect(String(await closed)).toBe('4401,session_revoked');
    expect(await demo.stop()).toBe(0);
  });

  it('starts a second time on its data, and says so when the port is taken', async () => {
    const demo = await start(folder, port);
    const second = spawn(process.execPath, [DEMO], {
      cwd: folder,
      env: { ...NODE_ENVIRONMENT, PORT: String(port) },
    });
    const output = readOutput(second);
    await output.until(/port \d+ on 127\.0\.0\.1 is taken/);
    if (second.exitCode === null) await once(second, 'exit');
    expect(second.exitCode).toBe(1);
    expect(await demo.stop()).toBe(0);
  });
});
