import type { CommandDef } from 'citty';
import { runCommandLine } from '../../../src/entry/commands/command-line.ts';

/** What came of a command. */
export interface CommandOutcome {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** Runs a command in this process: loading it anew takes most of a command's time. Does NOT give it a standard input. */
export async function runCaptured(
  command: CommandDef,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandOutcome> {
  let out = '';
  let error = '';
  const code = await runCommandLine(command, args, {
    env,
    writeOut: (text) => {
      out += text;
    },
    writeError: (text) => {
      error += text;
    },
  });
  return { code, out, error };
}
