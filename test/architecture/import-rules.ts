import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import type { ModuleImport, SourceModule } from './source-module.ts';
import type { Violation } from './violation.ts';

/** What each layer of `src/` may import, besides itself. Adapters also may not import other adapters: `entry` wires them. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  entry: ['adapters', 'config', 'gateway', 'core', 'downstream', 'identity', 'oauth', 'lib'],
  adapters: ['gateway', 'core', 'identity', 'oauth', 'lib'],
  config: ['gateway', 'core', 'identity', 'oauth', 'lib'],
  gateway: ['identity', 'oauth', 'lib'],
  core: ['identity', 'oauth', 'lib'],
  // What services behind install: it brings none of the gateway along.
  downstream: ['identity', 'lib'],
  identity: ['lib'],
  oauth: ['lib'],
  lib: [],
};

/** Where Node's own modules and globals are at home. */
const NODE_PLACES = /^src\/(?:entry\/|adapters\/(?:node|undici|postgres|redis|smtp)\/)/;
/** The policy file, which the Worker's bundle holds as text because there are no files at run time. */
const BUNDLED_TEXT = /^gateway-config\/[a-z-]+\.yaml$/;
const NODE_GLOBALS = [
  'process',
  'Buffer',
  '__dirname',
  '__filename',
  'require',
  'NodeJS',
  'setImmediate',
  'global',
];
const WORKER_PLACES = /^src\/entry\/worker[^/]*\.ts$/;
/** Packages that only one place may know. */
const PACKAGE_PLACES: readonly (readonly [name: RegExp, place: RegExp])[] = [
  [/^(?:drizzle-orm|postgres)(?:\/|$)/, /^src\/adapters\/postgres\//],
  [/^(?:cloudflare:|@cloudflare\/)/, WORKER_PLACES],
  [/^redis(?:\/|$)/, /^src\/adapters\/redis\//],
  [/^undici(?:\/|$)/, /^src\/(?:adapters\/undici|entry)\//],
  [/^nodemailer(?:\/|$)/, /^src\/adapters\/smtp\//],
  // Both libraries let a token's own header choose the algorithm (CVE-2026-22817); jose does not.
  [/^hono\/(?:jwt|jwk)(?:\/|$)/, /^$/],
];

/** Packages besides which a layer may know none. */
const ONLY_PACKAGES: Readonly<Record<string, ReadonlySet<string>>> = { downstream: new Set(['jose']) };

/** The layer of a source file: the folder below `src/`. */
function layerOf(path: string): string {
  return path.split('/')[1] ?? '';
}

/** Resolves a relative import to a path from the repository's root; `undefined` for packages. */
export function resolveImport(from: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : undefined;
}

function checkRelative(module: SourceModule, target: string, paths: ReadonlySet<string>): string | undefined {
  if (!target.startsWith('src/')) {
    const bundled = WORKER_PLACES.test(module.path) && BUNDLED_TEXT.test(target);
    return bundled ? undefined : `imports ${target}, outside src`;
  }
  if (!paths.has(target)) return `imports ${target}, which is not there`;
  const [from, to] = [layerOf(module.path), layerOf(target)];
  const allowed = MAY_IMPORT[from];
  if (allowed === undefined) return `stands in src/${from}, which is not a layer`;
  if (from !== to) return allowed.includes(to) ? undefined : `${from} imports ${target}; ${to} is not for it`;
  const [ownFolder, otherFolder] = [module.path.split('/')[2], target.split('/')[2]];
  if (from === 'adapters' && ownFolder !== otherFolder) return `imports another adapter, ${target}`;
  return undefined;
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function* checkImport(
  module: SourceModule,
  { specifier, typeOnly }: ModuleImport,
  paths: ReadonlySet<string>,
  dependencies: ReadonlySet<string>,
): Generator<{ rule: string; says: string }> {
  const target = resolveImport(module.path, specifier);
  if (target !== undefined) {
    const says = checkRelative(module, target, paths);
    if (says !== undefined) yield { rule: 'layers', says };
    return;
  }
  if (isBuiltin(specifier) && !(packageName(specifier) === specifier && dependencies.has(specifier))) {
    if (!NODE_PLACES.test(module.path)) yield { rule: 'node-modules', says: `imports ${specifier}` };
    return;
  }
  for (const [name, place] of PACKAGE_PLACES)
    if (name.test(specifier) && !place.test(module.path))
      yield { rule: 'package-places', says: `imports ${specifier}` };
  const only = ONLY_PACKAGES[layerOf(module.path)];
  if (only?.has(packageName(specifier)) === false)
    yield { rule: 'package-places', says: `imports ${specifier}` };
  const foreign = !specifier.startsWith('cloudflare:') && !dependencies.has(packageName(specifier));
  if (foreign && !typeOnly)
    yield { rule: 'dependencies', says: `imports ${specifier}, which package.json does not ship` };
}

/** Holds the directions of dependencies, and where Node, drivers and the Worker's platform may be known. */
export function checkImports(
  modules: readonly SourceModule[],
  dependencies: ReadonlySet<string>,
): readonly Violation[] {
  const paths = new Set(modules.map(({ path }) => path));
  return modules.flatMap((module) => {
    const found = module.imports.flatMap((one) => [...checkImport(module, one, paths, dependencies)]);
    const globals = NODE_PLACES.test(module.path)
      ? []
      : NODE_GLOBALS.filter((name) => module.globals.has(name));
    for (const name of globals) found.push({ rule: 'node-globals', says: `reads the global ${name}` });
    return found.map((one) => ({ ...one, file: module.path }));
  });
}
