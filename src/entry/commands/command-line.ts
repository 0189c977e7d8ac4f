import { parseArgs } from 'node:util';
import { type CommandDef, renderUsage, runCommand } from 'citty';
import { didYouMean } from '../../config/suggest-name.ts';
import { ok, type Result, refused } from '../../lib/result.ts';

/** What a command may use of its process; citty hands it over as `data`. */
export interface CommandContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  writeOut(text: string): void;
  writeError(text: string): void;
}

/** The command was called in a way that it does not know, as shells and `getopt` say it. */
const EXIT_USAGE = 2;
const HELP_FLAGS = ['--help', '-h'];

/** A command that was found, the commands on the way to it, and what is left for it. */
interface FoundCommand {
  readonly way: readonly CommandDef[];
  readonly rest: readonly string[];
}

/**
 * Runs the command that the arguments name and answers with the exit code: its own, 0 for `--help`, 2 for a command, option or argument
 * that nobody knows or that is missing. Does NOT end the process. Commands take positional arguments, flags, and options as `--name=value` or `--name value`.
 */
export async function runCommandLine(
  root: CommandDef,
  argv: readonly string[],
  context: CommandContext,
): Promise<number> {
  const { way, rest } = findCommand(root, argv);
  const command = way.at(-1) ?? root;
  if (rest.some((argument) => HELP_FLAGS.includes(argument))) {
    context.writeOut(`${await usage(way)}\n`);
    return 0;
  }
  const fault = usageFault(command, rest);
  if (fault !== undefined) {
    context.writeError(`${fault}\n\n${await usage(way)}\n`);
    return EXIT_USAGE;
  }
  const { result } = await runCommand(command, { rawArgs: [...rest], data: context });
  return typeof result === 'number' ? result : 0;
}

function findCommand(root: CommandDef, argv: readonly string[]): FoundCommand {
  const way = [root];
  let rest = argv;
  for (;;) {
    const [name, ...others] = rest;
    const next = name === undefined ? undefined : childrenOf(way.at(-1))[name];
    if (next === undefined) return { way, rest };
    way.push(next);
    rest = others;
  }
}

/** The commands below one. Ours are written out in place, never as promises. */
function childrenOf(command: CommandDef | undefined): Readonly<Record<string, CommandDef | undefined>> {
  return Object.assign(Object.create(null), command?.subCommands);
}

/** What a command says of one of its arguments; the part of citty's that is judged here. */
interface ArgumentDefinition {
  readonly type?: string;
  readonly required?: boolean;
  readonly options?: readonly string[];
}

function usageFault(command: CommandDef, rest: readonly string[]): string | undefined {
  const known = new Map(
    Object.entries(Object.assign({}, command.args) as Record<string, ArgumentDefinition>),
  );
  const given = readArguments(known, rest);
  if (!given.ok) return given.reason;
  const { positionals, options } = given.value;
  const children = Object.keys(childrenOf(command));
  const [first] = positionals;
  if (children.length > 0) {
    if (first === undefined) return `Expected a command: ${children.join(', ')}`;
    return `Unknown command "${first}"${suggestion(first, children)}`;
  }
  const expected = [...known].filter(([, { type }]) => type === 'positional');
  const surplus = positionals[expected.length];
  if (surplus !== undefined) return `Unexpected argument "${surplus}"; expected ${describeCount(expected)}`;
  const missing = expected.slice(positionals.length).find(([, { required }]) => required !== false);
  if (missing !== undefined) return `Missing argument ${missing[0].toUpperCase()}`;
  const absent = [...known].find(
    ([name, { type, required }]) => type !== 'positional' && required === true && !options.has(name),
  );
  return absent && `Missing option --${absent[0]}`;
}

/** Sorts the arguments of a command as citty will read them, and refuses what it would take in silence. */
function readArguments(
  known: ReadonlyMap<string, ArgumentDefinition>,
  rest: readonly string[],
): Result<{ positionals: readonly string[]; options: ReadonlySet<string> }, string> {
  const positionals: string[] = [];
  const options = new Set<string>();
  for (let index = 0; index < rest.length; index += 1) {
    const argument = rest[index] ?? '';
    if (!argument.startsWith('-') || argument === '-') {
      positionals.push(argument);
      continue;
    }
    const [option = '', ...assigned] = argument.split('=');
    const name = option.slice(2);
    const definition = option.startsWith('--') ? known.get(name) : undefined;
    if (definition === undefined || definition.type === 'positional')
      return refused(unknownOption(option, known));
    options.add(name);
    if (definition.type === 'boolean') {
      if (assigned.length > 0) return refused(`Option ${option}: expected no value`);
      continue;
    }
    if (assigned.length === 0) index += 1;
    const value = assigned.length === 0 ? rest[index] : assigned.join('=');
    const isMissing =
      value === undefined || (assigned.length === 0 && value.startsWith('-') && value !== '-');
    if (isMissing || definition.options?.includes(value) === false)
      return refused(`Option ${option}: expected ${describeValue(definition)}`);
  }
  return ok({ positionals, options });
}

function describeValue({ options }: ArgumentDefinition): string {
  return options === undefined ? 'a value' : `one of ${options.join(', ')}`;
}

function describeCount(positionals: readonly (readonly [name: string, ArgumentDefinition])[]): string {
  return positionals.length === 0
    ? 'none'
    : `${positionals.map(([name]) => name.toUpperCase()).join(' ')} alone`;
}

function unknownOption(option: string, known: ReadonlyMap<string, ArgumentDefinition>): string {
  const names = [...known].flatMap(([name, { type }]) => (type === 'positional' ? [] : [`--${name}`]));
  return `Unknown option ${option}${suggestion(option, [...names, '--help'])}`;
}

/** The name that was meant, or else all that there are. */
function suggestion(name: string, known: readonly string[]): string {
  return didYouMean(name, known) || `; expected one of ${known.join(', ')}`;
}

/** All values of an option that may be given several times, each of them one value or several separated by commas. */
export function valuesOfOption(rawArgs: readonly string[], name: string): readonly string[] {
  const { values } = parseArgs({
    args: [...rawArgs],
    options: { [name]: { type: 'string', multiple: true } },
    strict: false,
  });
  const given = values[name];
  const texts = Array.isArray(given) ? given.map(String) : [];
  return texts.flatMap((text) => text.split(',')).flatMap((text) => text.trim() || []);
}

/** The usage text of a command, whose parents' names stand before its own. */
async function usage(way: readonly CommandDef[]): Promise<string> {
  const names = way.slice(0, -1).map(({ meta }) => Object.assign({ name: '' }, meta).name);
  const parent = names.length === 0 ? undefined : { meta: { name: names.join(' ') } };
  return (await renderUsage(way.at(-1) ?? {}, parent)).trimEnd();
}
