import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPolicyFile } from '../../../src/entry/read-policy-file.ts';

const context = { publicUrl: 'http://localhost:8080' };
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wardgate-policy-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function problemOf(file: string): Promise<string | undefined> {
  const read = await readPolicyFile(file, context);
  return read.ok ? undefined : read.reason[0]?.message;
}

describe('readPolicyFile', () => {
  it('reads a policy', async () => {
    const file = join(folder, 'right.yaml');
    await writeFile(file, 'version: 1\nissuers: [{ id: wardgate, audience: clinic }]\nroutes: []\n');
    expect(await readPolicyFile(file, context)).toMatchObject({ ok: true, value: { routes: [] } });
  });

  it('refuses a file that is not there, a folder, and bytes that are no text, each in its own words', async () => {
    const file = join(folder, 'latin1.yaml');
    await writeFile(file, Buffer.from([0x61, 0x3a, 0x20, 0xe9]));
    expect(await problemOf(file)).toContain('not UTF-8 text');
    expect(await problemOf(folder)).toContain('found a folder');
    expect(await problemOf(join(folder, 'none.yaml'))).toContain('found nothing there');
  });
});
