import { CommandError } from './command-error.ts';

/** What a schema found wrong with the members that options become. */
interface Faults {
  readonly issues: readonly { readonly path: readonly PropertyKey[] }[];
}

/** Makes the error that says of each member that was refused, in a line, what is expected of it; `describe` names the option too. */
export function optionFault({ issues }: Faults, describe: (member: string) => string): CommandError {
  const members = new Set(issues.map(({ path }) => String(path[0])));
  return new CommandError([...members].map(describe).join('\n'));
}
