import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The repository's own folder. */
export const REPOSITORY = join(import.meta.dirname, '../../..');

/** Runs a program to its end, and answers with what it wrote. Throws where it fails. */
export async function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  const child = spawn(program, args, { cwd, env: { ...process.env, npm_config_offline: 'true' } });
  const written: string[] = [];
  const errors: string[] = [];
  child.stdout.on('data', (chunk) => written.push(String(chunk)));
  child.stderr.on('data', (chunk) => errors.push(String(chunk)));
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${written.join('')}${errors.join('')}`);
  return written.join('');
}

/** Makes the JavaScript of what services install. */
export async function buildDownstream(): Promise<void> {
  await run('npm', ['run', 'prepack'], REPOSITORY);
}

/** Packs a folder and unpacks it where a service would have it, with links to what it would install besides. */
export async function installDownstream(folder: string, service: string): Promise<string> {
  await mkdir(join(service, 'node_modules', '@types'), { recursive: true });
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', service, folder], REPOSITORY);
  const [tarball = ''] = (await readdir(service)).filter((file) => file.endsWith('.tgz'));
  await run('tar', ['xzf', tarball], service);
  await run('mv', ['package', 'node_modules/wardgate'], service);
  for (const other of ['jose', 'hono', '@hono', 'express', '@types/node', '@types/express'])
    await symlink(join(REPOSITORY, 'node_modules', other), join(service, 'node_modules', other));
  await writeFile(join(service, 'package.json'), '{"type":"module"}');
  return service;
}
