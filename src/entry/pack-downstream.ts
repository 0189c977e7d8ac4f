import { spawnSync } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// What services install is JavaScript: Node takes the types out of no file below `node_modules`.
const root = join(import.meta.dirname, '../..');
const target = join(root, 'dist');
const compiler = fileURLToPath(import.meta.resolve('typescript/package.json')).replace(
  /package\.json$/,
  'bin/tsc',
);
const flags =
  '--ignoreConfig --rootDir src --declaration --module nodenext --moduleResolution nodenext --target es2022 --rewriteRelativeImportExtensions --strict --exactOptionalPropertyTypes --skipLibCheck --lib esnext,webworker --types node';

await rm(target, { recursive: true, force: true });
const { status } = spawnSync(
  process.execPath,
  [compiler, 'src/downstream/downstream.ts', '--outDir', target, ...flags.split(' ')],
  { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
);
if (status !== 0) process.exit(1);

// The compiler leaves `./x.ts` in declarations, which older compilers do not resolve.
for (const name of await readdir(target, { recursive: true })) {
  if (!name.endsWith('.d.ts')) continue;
  const file = join(target, name);
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(/(from ')(\.{1,2}\/[^']+)\.ts(';)/g, '$1$2.js$3'));
}

// A package of its own as well, for services that want none of the gateway's dependencies: `npm pack ./dist`.
const { name, version, license, type, dependencies } = JSON.parse(
  await readFile(join(root, 'package.json'), 'utf8'),
);
const entry = './downstream/downstream';
const manifest = {
  name,
  version,
  description: 'Reads who is calling, in services behind Wardgate.',
  license,
  private: true,
  type,
  exports: { './downstream': { types: `${entry}.d.ts`, default: `${entry}.js` } },
  dependencies: { jose: dependencies.jose },
};
await writeFile(join(target, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
