import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import config from '../../vitest.config.ts';
import { checkHouse } from './house-rules.ts';
import { listViolations } from './violation.ts';

const root = join(import.meta.dirname, '../..');
const TEXT = /(?:\.(?:ts|json|md|ya?ml|toml|conf|cfg|sql|sh|js|html)|Dockerfile|Caddyfile|\.npmrc|\/run)$/;

/** What git tracks or would track: everything that it does not ignore. */
function readRepository(): ReadonlyMap<string, string> {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  });
  const paths = listed.toString().split('\0');
  const files = new Map<string, string>();
  for (const path of paths.filter((one) => TEXT.test(one))) {
    try {
      files.set(path, readFileSync(join(root, path), 'utf8'));
    } catch (error) {
      // Listed by git, but deleted in the work tree.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return files;
}

function projectGlobs(): string[] {
  const { projects } = (config as { test: { projects: { test: { include: string[] } }[] } }).test;
  return projects.flatMap(({ test }) => test.include);
}

it('keeps every rule of the house', () => {
  const files = readRepository();
  const manifest = JSON.parse(files.get('package.json') ?? '{}') as { dependencies: Record<string, string> };
  const dependencies = new Set(Object.keys(manifest.dependencies));

  expect(files.size).toBeGreaterThan(20);
  expect(listViolations(checkHouse(files, { dependencies, projectGlobs: projectGlobs() }))).toEqual([]);
});
