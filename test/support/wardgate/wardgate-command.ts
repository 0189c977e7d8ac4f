import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { rootCommand } from '../../../src/entry/commands/root-command.ts';
import { type CommandOutcome, runCaptured } from '../programs/captured-command.ts';
import { NODE_ENVIRONMENT } from '../programs/node-environment.ts';
import { readOutput } from './wardgate-process.ts';

const CLI = fileURLToPath(new URL('../../../src/entry/cli.ts', import.meta.url));

/** Runs `wardgate` in a process of its own, with these variables alone and this text as its standard input. */
export async function runWardgate(
  args: readonly string[],
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly cwd?: string;
    readonly input?: string;
  } = {},
): Promise<CommandOutcome> {
  const { env, cwd, input = '' } = options;
  const child = spawn(process.execPath, [CLI, ...args], { cwd, env: { ...NODE_ENVIRONMENT, ...env } });
  let out = '';
  let error = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    error += text;
  });
  // A command that does not read its input may be gone before it is written.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  return { code, out, error };
}

/** Runs `wardgate` in this process, for commands that do not read the standard input. */
export function callWardgate(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<CommandOutcome> {
  return runCaptured(rootCommand, args, env);
}

/** Runs `wardgate` at a terminal (util-linux `script`), answers what it asks, and gives what the terminal showed. */
export async function runInTerminal(
  args: readonly string[],
  options: {
    readonly env: Readonly<Record<string, string>>;
    readonly answers: readonly (readonly [question: RegExp, answer: string])[];
  },
): Promise<string> {
  const command = [process.execPath, CLI, ...args].join(' ');
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    env: { ...NODE_ENVIRONMENT, TERM: 'xterm', ...options.env },
  });
  const closed = once(child, 'close');
  const read = readOutput(child);
  for (const [question, answer] of options.answers) {
    await read.until(question);
    child.stdin.write(answer);
  }
  await closed;
  return read.output();
}
