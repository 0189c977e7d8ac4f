import { describe, expect, it } from 'vitest';
import { checkHouse, type HouseFacts } from './house-rules.ts';

const facts: HouseFacts = {
  dependencies: new Set(['hono', 'jose', 'undici', 'pino', 'postgres', 'drizzle-orm', '@hono/node-server']),
  projectGlobs: ['test/unit/**/*.test.ts'],
};
const documented = (code: string) => `/** What it does. */\n${code}\n`;
const clean: Readonly<Record<string, string>> = {
  'src/lib/result.ts': documented('export const ok = 1;'),
  'src/gateway/answer.ts': documented('export interface Answer { readonly process: string }'),
  'src/gateway/denial.ts': documented(
    "import { ok } from '../lib/result.ts';\n/** Yes. */\nexport const deny = ok;",
  ),
  'src/adapters/node/server.ts': documented(
    "import { createServer } from 'node:http';\nimport type { Answer } from '../../gateway/answer.ts';\n/** Serves. */\nexport const serve = (answer: Answer) => createServer().emit(answer.process, process.pid);",
  ),
  'src/adapters/postgres/store.ts': documented(
    "import postgres from 'postgres';\n/** Keeps. */\nexport const store = postgres;",
  ),
  'src/entry/worker.ts': documented(
    "import type { Answer } from '../gateway/answer.ts';\nimport { deny } from '../gateway/denial.ts';\nimport { env } from 'cloudflare:workers';\n/** The Worker. */\nexport default { deny, env } as unknown as Answer;",
  ),
  'test/unit/lib/result.test.ts': "import { it } from 'vitest';\nit('is a test', () => {});\n",
};

/** The rules that a clean house breaks once these files are put into it. */
function broken(planted: Readonly<Record<string, string>>): string[] {
  const files = new Map(Object.entries({ ...clean, ...planted }));
  return [...new Set(checkHouse(files, facts).map(({ rule }) => rule))].sort();
}

const lines = (count: number) => documented(`export const long = [\n${'  1,\n'.repeat(count - 3)}];`);

it('finds nothing in a clean house', () => {
  expect(broken({})).toEqual([]);
});

describe('directions of dependencies', () => {
  const target = {
    entry: 'src/entry/worker.ts',
    adapters: 'src/adapters/node/server.ts',
    gateway: 'src/gateway/denial.ts',
    core: 'src/core/issue.ts',
    downstream: 'src/downstream/read.ts',
    config: 'src/config/read.ts',
    identity: 'src/identity/role.ts',
    oauth: 'src/oauth/form.ts',
    lib: 'src/lib/result.ts',
  };
  const forbidden: readonly (readonly [from: keyof typeof target, to: readonly (keyof typeof target)[]])[] = [
    ['adapters', ['entry', 'config', 'downstream']],
    ['config', ['entry', 'adapters', 'downstream']],
    ['gateway', ['entry', 'adapters', 'config', 'core', 'downstream']],
    ['core', ['entry', 'adapters', 'config', 'gateway', 'downstream']],
    ['downstream', ['entry', 'adapters', 'config', 'core', 'gateway', 'oauth']],
    ['identity', ['entry', 'adapters', 'config', 'core', 'downstream', 'gateway', 'oauth']],
    ['oauth', ['entry', 'adapters', 'config', 'core', 'downstream', 'gateway', 'identity']],
    ['lib', ['entry', 'adapters', 'config', 'core', 'downstream', 'gateway', 'identity', 'oauth']],
  ];
  const others = Object.fromEntries(
    Object.values(target)
      .filter((path) => clean[path] === undefined)
      .map((path) => [path, documented('export const some = 1;')]),
  );
  const folder = (layer: string) => (layer === 'adapters' ? 'src/adapters/http' : `src/${layer}`);

  for (const [from, layers] of forbidden)
    for (const to of layers)
      it(`refuses that ${from} imports ${to}`, () => {
        const way = from === 'adapters' ? '../../' : '../';
        const specifier = target[to].replace('src/', way);
        const planted = { ...others, [`${folder(from)}/planted.ts`]: `import '${specifier}';\n` };

        expect(broken(planted)).toEqual(['layers']);
      });

  it.each([
    ['a static import', "import { some } from '../core/issue.ts';"],
    ['a type-only import', "import type { Some } from '../core/issue.ts';"],
    ['an inline type import', "import { type Some } from '../core/issue.ts';"],
    ['a dynamic import', "await import('../core/issue.ts');"],
    ['a dynamic import of a template', 'await import(`../core/issue.ts`);'],
    ['an import as a type', "type Some = import('../core/issue.ts').Some;"],
    ['a re-export', "export { some } from '../core/issue.ts';"],
    ['a re-export of all', "export * from '../core/issue.ts';"],
    ['a type-only re-export', "export type { Some } from '../core/issue.ts';"],
  ])('sees %s', (_form, code) => {
    expect(broken({ ...others, 'src/gateway/planted.ts': `${code}\n` })).toEqual(['layers']);
  });

  it('refuses one adapter in another', () => {
    expect(broken({ 'src/adapters/http/feed.ts': "import '../node/server.ts';\n" })).toEqual(['layers']);
  });

  it('refuses a folder of src that is not a layer', () => {
    expect(broken({ 'src/tools/planted.ts': "import '../lib/result.ts';\n" })).toEqual(['layers']);
  });

  it('refuses an import of what is not there, is computed, or lies outside src', () => {
    expect(broken({ 'src/lib/planted.ts': "import './gone.ts';\n" })).toEqual(['layers']);
    expect(broken({ 'src/lib/planted.ts': "await import('./a' + '.ts');\n" })).toEqual(['layers']);
    expect(broken({ 'src/lib/planted.ts': "import '../../test/unit/lib/result.test.ts';\n" })).toEqual([
      'layers',
    ]);
  });

  it('refuses a circle, also of types alone', () => {
    const circle = {
      'src/lib/a.ts': "import './b.ts';\n",
      'src/lib/b.ts': "import type { A } from './c.ts';\n",
      'src/lib/c.ts': "export type * from './a.ts';\n",
    };

    expect(broken(circle)).toEqual(['cycles']);
  });
});

describe('runtimes and packages', () => {
  it.each([
    ['node-modules', 'src/gateway/planted.ts', "import { createHash } from 'node:crypto';"],
    ['node-modules', 'src/core/planted.ts', "import type { Socket } from 'net';"],
    ['node-modules', 'src/adapters/http/planted.ts', "await import('node:fs');"],
    ['node-globals', 'src/gateway/planted.ts', 'if (process.env.X) throw 1;'],
    ['node-globals', 'src/lib/planted.ts', "Buffer.from('x');"],
    ['node-globals', 'src/lib/planted.ts', 'let held: Buffer | undefined;'],
    ['node-globals', 'src/lib/planted.ts', 'const all = { process };'],
    ['node-globals', 'src/config/planted.ts', "const where = __dirname + globalThis['x'];"],
    ['node-globals', 'src/config/planted.ts', 'const { pid } = globalThis.process;'],
    ['node-globals', 'src/config/planted.ts', "const fs = require('fs');"],
    ['package-places', 'src/adapters/http/planted.ts', "import postgres from 'postgres';"],
    ['package-places', 'src/core/planted.ts', "import { sql } from 'drizzle-orm/pg-core';"],
    ['package-places', 'src/entry/planted.ts', "import type { Sql } from 'postgres';"],
    ['package-places', 'src/gateway/planted.ts', "import { env } from 'cloudflare:workers';"],
    ['package-places', 'src/gateway/planted.ts', "import type { KV } from '@cloudflare/workers-types';"],
    ['package-places', 'src/adapters/http/planted.ts', "import { Agent } from 'undici';"],
    ['package-places', 'src/gateway/planted.ts', "import { verify } from 'hono/jwt';"],
    ['package-places', 'src/entry/planted.ts', "import { jwk } from 'hono/jwk';"],
    ['package-places', 'src/downstream/planted.ts', "import type { Context } from 'hono';"],
    ['dependencies', 'src/lib/planted.ts', "import { it } from 'vitest';"],
    ['dependencies', 'src/lib/planted.ts', "import 'left-pad/deep';"],
  ])('breaks %s: %s with %s', (rule, path, code) => {
    expect(broken({ [path]: `${code}\n` })).toEqual([rule]);
  });

  it('leaves alone a member, a key and a local of the same name as a global', () => {
    const code = 'const process = { require: 1 };\nconst held = process.require + ({ Buffer: 1 }).Buffer;\n';

    expect(broken({ 'src/lib/planted.ts': code })).toEqual([]);
  });

  it.each([
    ['a driver', 'src/adapters/postgres/store.ts'],
    ['a module of Node', 'src/adapters/node/server.ts'],
  ])('refuses %s in what the Worker loads, however far down', (_what, path) => {
    const planted = {
      'src/entry/worker.ts':
        "import './worker-parts.ts';\nimport type {} from '../adapters/postgres/store.ts';\n",
      'src/entry/worker-parts.ts': `import '${path.replace('src', '..')}';\n`,
    };

    expect(broken(planted)).toEqual(['worker-bundle']);
  });

  it('lets the Worker hash by workerd and bundle the policy file, and nobody else', () => {
    const code = "import 'node:crypto';\nimport '../../gateway-config/gateway.yaml';\n";

    expect(broken({ 'src/entry/worker.ts': code })).toEqual([]);
    expect(broken({ 'src/entry/serve.ts': code })).toEqual(['layers']);
    expect(broken({ 'src/entry/worker.ts': "import 'node:fs';\n" })).toEqual(['worker-bundle']);
  });
});

describe('names, sizes and docstrings', () => {
  it.each([
    ['kebab-case', 'src/lib/camelCase.ts'],
    ['kebab-case', 'src/lib/snake_case.ts'],
    ['kebab-case', 'src/gateway/KeySets/set.ts'],
    ['drawers', 'src/gateway/index.ts'],
    ['drawers', 'src/gateway/utils.ts'],
    ['drawers', 'src/gateway/helpers/strip.ts'],
    ['drawers', 'src/core/common.ts'],
    ['drawers', 'test/support/types.ts'],
  ])('breaks %s: %s', (rule, path) => {
    expect(broken({ [path]: 'const x = 1;\n' })).toEqual([rule]);
  });

  it('refuses a file of more than 300 lines, and takes one of 300', () => {
    const enough = Object.fromEntries(
      Array.from({ length: 20 }, (_, at) => [`src/lib/small-${at}.ts`, lines(10)]),
    );

    expect(broken({ ...enough, 'src/lib/planted.ts': lines(301) })).toEqual(['file-lines']);
    expect(broken({ ...enough, 'src/lib/planted.ts': lines(300) })).toEqual([]);
  });

  it('refuses a median above 90 lines and a tenth of the files above 220', () => {
    const many = (count: number, length: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, at) => [`src/lib/planted-${at}.ts`, lines(length)]),
      );

    expect(broken(many(8, 91))).toEqual(['file-median']);
    expect(broken(many(3, 221))).toEqual(['file-p90']);
  });

  it('refuses a function of more than 50 lines, whatever its form', () => {
    const body = (count: number) => `{\n${'  1;\n'.repeat(count - 2)}}`;
    const forms = [
      'function long() BODY',
      'const long = () => BODY;',
      'const box = { long() BODY };',
      'class A { a() BODY }',
    ];
    for (const form of forms) {
      expect(broken({ 'src/lib/planted.ts': `${form.replace('BODY', body(51))}\n` })).toEqual([
        'function-lines',
      ]);
      expect(broken({ 'src/lib/planted.ts': `${form.replace('BODY', body(50))}\n` })).toEqual([]);
    }
  });

  it.each([
    'export const bare = 1;',
    'export function bare() {}',
    'export interface Bare {}',
    'export type Bare = 1;',
    'export class Bare {}',
    'export const { a } = { a: 1 };',
    'const bare = 1;\nexport { bare };',
    'export default () => 1;',
    '/* Not a docstring. */\nexport const bare = 1;',
    '// Not a docstring.\nexport const bare = 1;',
    '/** Of something else. */\nconst other = 1;\nexport const bare = other;',
  ])('refuses an export without a docstring: %s', (code) => {
    expect(broken({ 'src/lib/planted.ts': `${code}\n` })).toEqual(['docstrings']);
  });

  it('takes overloads and late exports that one docstring describes', () => {
    const code =
      '/** Twice. */\nexport function f(a: 1): 1;\nexport function f(a: 1) { return a; }\n/** Late. */\nconst g = f;\nexport { g };\n';

    expect(broken({ 'src/lib/planted.ts': code })).toEqual([]);
  });
});

describe('the suite and the repository', () => {
  const test = (code: string) => `import { describe, it, test } from 'vitest';\n${code}\n`;

  it.each(['test/elsewhere/planted.test.ts', 'test/unit/planted.spec.ts', 'test/unit/planted.ts'])(
    'refuses a test that no project runs: %s',
    (path) => {
      expect(broken({ [path]: test("it('is never run', () => {});") })).toEqual(['orphan-tests']);
    },
  );

  it('takes a file of cases that a test imports', () => {
    expect(
      broken({ 'test/unit/store-cases.ts': test("export const cases = () => it('holds', () => {});") }),
    ).toEqual([]);
  });

  it.each([
    'it.skip',
    'describe.only',
    'it.todo',
    'test.only.each',
    'it.concurrent.skip',
    'it.fails',
    'it.skipIf(true)',
  ])('refuses %s', (call) => {
    expect(broken({ 'test/unit/planted.test.ts': test(`${call}('a test', () => {});`) })).toEqual([
      'switched-off',
    ]);
  });

  it('takes a condition with a printed reason', () => {
    const code =
      "import { hasProgram } from '../support/programs/real-parts.ts';\nit.runIf(hasProgram('nginx'))('runs', () => {});";

    expect(broken({ 'test/unit/planted.test.ts': test(code) })).toEqual([]);
  });

  it('refuses paths of a machine and package mirrors', () => {
    const lock = (host: string) => `{ "resolved": "https://${host}/hono/-/hono-4.13.19.tgz" }`;

    expect(broken({ 'README.md': `cd ${'/work'}/main\n` })).toEqual(['machine-paths']);
    expect(broken({ 'package-lock.json': lock('mirror.internal:8443') })).toEqual(['registry-hosts']);
    expect(broken({ '.npmrc': 'registry=http://mirror.internal/\n' })).toEqual(['registry-hosts']);
    expect(broken({ 'package-lock.json': '{ "version": "4.13.19" }' })).toEqual([]);
  });
});
