import { defineCommand } from 'citty';
import { describe, expect, it } from 'vitest';
import { type CommandContext, valuesOfOption } from '../../../../src/entry/commands/command-line.ts';
import { configCheckCommand } from '../../../../src/entry/commands/config-check.ts';
import { configSchemaCommand } from '../../../../src/entry/commands/config-schema.ts';
import { runCaptured } from '../../../support/programs/captured-command.ts';

const root = defineCommand({
  meta: { name: 'wardgate', description: 'Test' },
  subCommands: {
    config: defineCommand({
      meta: { name: 'config', description: 'Configuration' },
      subCommands: { check: configCheckCommand, schema: configSchemaCommand },
    }),
  },
});

const run = (argv: readonly string[], env?: Record<string, string>) => runCaptured(root, argv, env);

function fixture(name: string): string {
  return new URL(`../../../../${name}`, import.meta.url).pathname;
}

describe('wardgate config check', () => {
  it('says OK with counts for the shipped policy file', async () => {
    const { code, out, error } = await run(['config', 'check', fixture('gateway-config/gateway.yaml')]);
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toMatch(/^OK .*gateway\.yaml: 1 issuer, 3 upstreams, 6 routes\n$/);
  });

  it('takes the file that WARDGATE_CONFIG names', async () => {
    const { out } = await run(['config', 'check'], {
      WARDGATE_CONFIG: fixture('gateway-config/gateway.yaml'),
    });
    expect(out).toMatch(/^OK /);
  });

  it('lists the problems of another file and ends with 1', async () => {
    const file = fixture('biome.json');
    const { code, out, error } = await run(['config', 'check', file]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(error).toContain(`${file}:2:3 ["$schema"]: expected one of the keys version, `);
    expect(error).toMatch(/\d+ problems in /);
  });

  it('ends with 1 where there is no file', async () => {
    const { code, error } = await run(['config', 'check', '/nowhere/gateway.yaml']);
    expect(code).toBe(1);
    expect(error).toMatch(/^\/nowhere\/gateway\.yaml expected a policy file, found nothing there/);
  });
});

describe('wardgate config schema', () => {
  it('prints a JSON schema', async () => {
    const { code, out } = await run(['config', 'schema']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ type: 'object', required: ['version', 'issuers', 'routes'] });
  });
});

describe('a command line that is not understood', () => {
  it.each([
    [[], 'Expected a command: config'],
    [['config'], 'Expected a command: check, schema'],
    [['confg'], 'Unknown command "confg"; did you mean "config"?'],
    [['config', 'chekc'], 'Unknown command "chekc"; did you mean "check"?'],
    [['constructor'], 'Unknown command "constructor"; expected one of config'],
    [['config', 'check', '--strict'], 'Unknown option --strict; expected one of --help'],
    [['--strict', 'config', 'check'], 'Unknown option --strict; expected one of --help'],
    [['config', 'check', 'a', 'b'], 'Unexpected argument "b"; expected FILE alone'],
    [['config', 'schema', 'a'], 'Unexpected argument "a"; expected none'],
  ])('%j ends with 2, says why and shows the usage', async (argv, why) => {
    const { code, out, error } = await run(argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(error.split('\n')[0]).toBe(why);
    expect(error).toContain('USAGE');
  });
});

describe('the arguments of a command', () => {
  const open = defineCommand({
    meta: { name: 'open', description: 'Open' },
    args: {
      file: { type: 'positional', description: 'The file' },
      owner: { type: 'string', required: true, description: 'Whose' },
      format: { type: 'enum', options: ['csv', 'json'], description: 'How' },
      fast: { type: 'boolean', description: 'Soon' },
    },
    run: ({ args, rawArgs, data }) => {
      const { file, owner, format, fast } = args;
      const owners = valuesOfOption(rawArgs, 'owner');
      (data as CommandContext).writeOut(JSON.stringify({ file, owner, format, fast, owners }));
    },
  });
  const opening = defineCommand({ meta: { name: 'wardgate' }, subCommands: { open } });

  it.each([
    ['open a.csv --owner jo --format csv --fast', { owner: 'jo', format: 'csv', fast: true, owners: ['jo'] }],
    ['open --owner=jo --format=csv a.csv', { owner: 'jo', format: 'csv', fast: undefined, owners: ['jo'] }],
    [
      'open --fast --owner jo a.csv --owner=kim,lu,',
      { owner: 'kim,lu,', fast: true, owners: ['jo', 'kim', 'lu'] },
    ],
  ])('%s is read', async (line, expected) => {
    const { code, out, error } = await runCaptured(opening, line.split(' '));
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify({ file: 'a.csv', ...expected })));
  });

  it.each([
    ['open --owner jo', 'Missing argument FILE'],
    ['open a.csv', 'Missing option --owner'],
    ['open a.csv --owner', 'Option --owner: expected a value'],
    ['open a.csv --owner --fast', 'Option --owner: expected a value'],
    ['open a.csv --owner jo --format', 'Option --format: expected one of csv, json'],
    ['open a.csv --owner jo --format xml', 'Option --format: expected one of csv, json'],
    ['open a.csv --owner jo --fast=no', 'Option --fast: expected no value'],
    ['open a.csv --owner jo -f', 'Unknown option -f; expected one of --owner, --format, --fast, --help'],
    ['open a.csv --ownr jo', 'Unknown option --ownr; did you mean "--owner"?'],
    [
      'open a.csv --file b.csv --owner jo',
      'Unknown option --file; expected one of --owner, --format, --fast, --help',
    ],
  ])('%s ends with 2 and says why', async (line, why) => {
    const { code, error } = await runCaptured(opening, line.split(' '));
    expect(code).toBe(2);
    expect(error.split('\n')[0]).toBe(why);
  });
});

describe('--help', () => {
  it.each([
    [['--help'], 'config'],
    [['config', '-h'], 'schema'],
    [['config', 'check', '--help'], 'FILE'],
  ])('%j shows the usage and ends with 0', async (argv, shown) => {
    const { code, out, error } = await run(argv);
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toContain(shown);
  });
});
