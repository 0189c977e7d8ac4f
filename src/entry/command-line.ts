import { type CommandDef, renderUsage, runCommand } from 'citty';
import { didYouMean } from '../config/suggest-name.ts';

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
 * that nobody knows. Does NOT end the process. Commands take positional arguments and boolean or `--name=value` options.
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

function usageFault(command: CommandDef, rest: readonly string[]): string | undefined {
  const known = Object.entries(Object.assign({}, command.args) as Record<string, { type?: string }>);
  const options = known.flatMap(([name, { type }]) => (type === 'positional' ? [] : [`--${name}`]));
  for (const argument of rest) {
    const option = argument.split('=', 1)[0] ?? argument;
    if (!option.startsWith('-') || options.includes(option)) continue;
    return `Unknown option ${option}${didYouMean(option, [...options, '--help'])}`;
  }
  const positionals = rest.filter((argument) => !argument.startsWith('-'));
  const children = Object.keys(childrenOf(command));
  const [first] = positionals;
  if (children.length > 0) {
    if (first === undefined) return `Expected a command: ${children.join(', ')}`;
    return `Unknown command "${first}"${didYouMean(first, children)}`;
  }
  const surplus = positionals[known.length - options.length];
  return surplus === undefined ? undefined : `Unexpected argument "${surplus}"`;
}

/** The usage text of a command, whose parents' names stand before its own. */
async function usage(way: readonly CommandDef[]): Promise<string> {
  const names = way.slice(0, -1).map(({ meta }) => Object.assign({ name: '' }, meta).name);
  const parent = names.length === 0 ? undefined : { meta: { name: names.join(' ') } };
  return (await renderUsage(way.at(-1) ?? {}, parent)).trimEnd();
}
