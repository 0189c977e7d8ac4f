import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { NODE_ENVIRONMENT } from '../../support/programs/node-environment.ts';
import { readOutput } from '../../support/wardgate/wardgate-process.ts';

const SERVE = fileURLToPath(new URL('../../../src/entry/serve.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'wardgate-start-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A start that is expected to fail. */
function start(env: Readonly<Record<string, string>>) {
  const { status, stderr } = spawnSync(process.execPath, [SERVE], {
    env: { ...NODE_ENVIRONMENT, ...env },
    encoding: 'utf8',
    timeout: 50_000,
  });
  return { status, lines: stderr.trim().split('\n') };
}

function policyWith(routes: string): string {
  return `version: 1
issuers: [{ id: wardgate, audience: clinic }]
upstreams: { service: { url: "http://127.0.0.1:9" } }
routes:
${routes}`;
}

function writePolicy(name: string, routes: string): string {
  const file = join(folder, name);
  writeFileSync(file, policyWith(routes));
  return file;
}

describe('a start that is refused', () => {
  it('lists all that production needs and does not have, and no value', () => {
    const { status, lines } = start({ NODE_ENV: 'production', WARDGATE_CLIENT_SECRET: 'too-short' });
    expect(status).toBe(1);
    for (const name of ['DATABASE_URL', 'WARDGATE_SECRET', 'WARDGATE_PUBLIC_URL', 'WARDGATE_CLIENT_ID'])
      expect(lines.filter((line) => line.includes(name)).length, name).toBeGreaterThan(0);
    expect(lines.join('\n')).not.toContain('too-short');
  });

  it('names file, line and what was expected for every problem of the policy', () => {
    const file = writePolicy(
      'wrong.yaml',
      '  - { id: a, path: /a, upstreem: service }\n  - { id: b, path: b }\n',
    );
    const { status, lines } = start({ WARDGATE_CONFIG: file });
    expect(status).toBe(1);
    expect(lines.find((line) => line.includes('upstreem'))).toMatch(/wrong\.yaml:5:\d+ routes\[0\]/);
    expect(lines.find((line) => line.includes('routes[1].path'))).toMatch(/wrong\.yaml:6:\d+ .*expected/);
  });

  it('says which port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = String(typeof address === 'object' ? address?.port : '');
    const file = writePolicy('taken.yaml', '  - { id: a, path: /a, upstream: service, access: public }\n');
    const child = spawn(process.execPath, [SERVE], {
      env: { ...NODE_ENVIRONMENT, PORT: port, DATABASE_URL: inject('postgresUrl'), WARDGATE_CONFIG: file },
      cwd: folder,
    });
    const output = readOutput(child);
    await output.until(new RegExp(`port ${port} on 127.0.0.1 is taken`));
    if (child.exitCode === null) await once(child, 'exit');
    expect(child.exitCode).toBe(1);
    other.close();
  });
});

describe('SIGHUP', () => {
  it('puts a good policy in force, and keeps the old one before a bad one', async () => {
    const file = writePolicy('live.yaml', '  - { id: a, path: /first, upstream: service }\n');
    const child = spawn(process.execPath, [SERVE], {
      env: { ...NODE_ENVIRONMENT, PORT: '0', DATABASE_URL: inject('postgresUrl'), WARDGATE_CONFIG: file },
      cwd: folder,
    });
    const output = readOutput(child);
    const [, port] = await output.until(/"port":(\d+).*listening/);
    expect(output.output()).toContain(`"pid":${child.pid}`);
    const statusOf = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
    expect([await statusOf('/first'), await statusOf('/second')]).toEqual([401, 404]);

    writeFileSync(file, policyWith('  - { id: a, path: /second, upstream: nowhere }\n'));
    child.kill('SIGHUP');
    await output.until(/the old policy stays/);
    expect([await statusOf('/first'), await statusOf('/second')]).toEqual([401, 404]);
    expect(output.output()).toMatch(/live\.yaml:5:\d+ routes\[0\]\.upstream/);

    writeFileSync(file, policyWith('  - { id: a, path: /second, upstream: service }\n'));
    child.kill('SIGHUP');
    await output.until(/was read again/);
    expect([await statusOf('/first'), await statusOf('/second')]).toEqual([404, 401]);

    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(child.exitCode).toBe(0);
  });
});
