import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';
import config from '../../vitest.config.ts';
import { checkHouse } from './house-rules.ts';
import { listViolations } from './violation.ts';

const root = join(import.meta.dirname, '../..');
const TEXT = /(?:\.(?:ts|json|md|ya?ml|toml|conf|cfg|sql|sh|js|html)|Dockerfile|Caddyfile|\.npmrc|\/run)$/;
const IGNORED = /^(?:\.git|node_modules|\.wardgate|\.wrangler|coverage|dist|\.env|\.dev\.vars|.*\.log)$/;

/** Everything in the repository's folder but what `.gitignore` keeps out. Does NOT ask git, which need not be installed. */
function readRepository(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const entries = globSync('**/*', {
    cwd: root,
    withFileTypes: true,
    exclude: ({ name }) => IGNORED.test(name),
  });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && TEXT.test(path)) files.set(relative(root, path), readFileSync(path, 'utf8'));
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
